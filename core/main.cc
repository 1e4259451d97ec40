// pixgraph. Everything is in run_command_line() (cli.h), so that tests link what the program is made of.
#include <malloc.h>

#include <clocale>

#include "cli.h"

int main(int count, char** words) {
  std::setlocale(LC_CTYPE, "");
  // Left alone the limit grows to 32 MB with what is freed, and files that come and go with every item would then stay
  // in the arenas of many threads.
  ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
  return pixgraph::run_command_line({words + 1, words + count});
}
