// Prints the JSON Schema of the node types that tests/refused is written for.
#include <cstdio>

#include "pipeline_schema.h"
#include "support/test_specs.h"

int main() {
  return std::printf("%s\n", pixgraph::pipeline_schema(pixgraph::test::test_registry()).dump().c_str()) < 0;
}
