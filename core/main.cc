// pixgraph. Everything is in run_command_line() (cli.h), so that tests link what the program is made of.
#include <clocale>

#include "cli.h"

int main(int count, char** words) {
  std::setlocale(LC_CTYPE, "");
  return pixgraph::run_command_line({words + 1, words + count});
}
