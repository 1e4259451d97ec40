#include "new_pipeline.h"

#include <gtest/gtest.h>

#include "document.h"
#include "graph.h"
#include "support/test_specs.h"

namespace pixgraph {
namespace {

/// The node types that it uses and that test_specs.h has not.
const Registry& registry() {
  static const Registry* made = [] {
    auto* all = new Registry;
    test::add_test_specs(*all);
    all->add(Spec("Flatten", "Lays a picture over a colour")
                 .in("image", Type::image, "a picture")
                 .param("background", "#ffffff", "what shows through")
                 .out("image", Type::image, "without alpha"),
             "image.pixgraph.so");
    return all;
  }();
  return *made;
}

TEST(NewPipeline, IsRightWhateverItsName) {
  for (const char* file : {"mug.yaml", "shop/two words.yaml", "yes.yaml", "7: #.yaml", "quo\"te\\.yaml", "\xff.yaml"}) {
    Diagnostics diagnostics;
    const Document document = parse_document(file, new_pipeline(file), diagnostics);
    const Graph graph = pixgraph::bind(document, registry(), {}, diagnostics);
    EXPECT_EQ(diagnostics.render(file, document.text, false), "");
    EXPECT_EQ(graph.nodes.size(), 4u);
  }
}

TEST(NewPipeline, SaysItsNameAndFile) {
  const std::string text = new_pipeline("shop/mug.yaml");
  EXPECT_NE(text.find("\nname: mug\n"), std::string::npos);
  EXPECT_NE(text.find("  pixgraph check shop/mug.yaml\n"), std::string::npos);
  EXPECT_EQ(text.find('%'), std::string::npos);
  // What a shell would take apart is not put into a command.
  EXPECT_NE(new_pipeline("a b.yaml").find("  pixgraph check FILE\n"), std::string::npos);
  EXPECT_NE(new_pipeline("a b.yaml").find("\nname: \"a b\"\n"), std::string::npos);
}

}  // namespace
}  // namespace pixgraph
