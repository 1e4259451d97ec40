// Every pipeline in tests/refused/ is refused (or warned of) with exactly the text beside it. The first line of each
// says with which codes, the last line what the JSON Schema says of it (tests/schema). PIXGRAPH_WRITE_EXPECTED=1 writes
// the texts anew, to be read before they are kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "graph.h"
#include "host.h"
#include "input_check.h"
#include "plugins.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// The descriptions of the tests with what the built plugins do: what a model takes is said by its plugin.
const Registry& registry_with_plugins() {
  static const Registry* registry = [] {
    static Registry built;
    load_registry(built, find_plugins({PIXGRAPH_PLUGIN_FOLDER}));
    auto* made = new Registry;
    test::add_test_specs(*made);
    made->set_source({[](const std::string&, const std::string& type) { return built.behaviour(type); }, nullptr});
    return made;
  }();
  return *registry;
}

TEST(Refused, EveryFileWithItsText) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(PIXGRAPH_TESTS_DIR) / "refused"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::ranges::sort(files);
  ASSERT_GT(files.size(), 100u);
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    SCOPED_TRACE(name);
    const std::string text = content_of(path);
    Diagnostics diagnostics;
    const Document document = parse_document(name, text, diagnostics);
    const Graph graph = pixgraph::bind(document, registry_with_plugins(), {}, diagnostics);
    CheckHost host;
    const auto uses = model_uses(graph, registry_with_plugins(), host, diagnostics);
    check_inputs(graph, uses, {}, true, diagnostics);

    std::string codes = "# refused:";
    for (const Diagnostic& one : diagnostics.sorted()) codes += " " + one.code;
    EXPECT_EQ(text.substr(0, text.find('\n')), codes);

    const std::string shown = diagnostics.render(name, document.text, false);
    std::filesystem::path expected = path;
    expected.replace_extension(".txt");
    if (std::getenv("PIXGRAPH_WRITE_EXPECTED")) std::ofstream(expected, std::ios::binary) << shown;
    EXPECT_EQ(content_of(expected), shown);
  }
}

}  // namespace
}  // namespace pixgraph
