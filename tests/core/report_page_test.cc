#include "report_page.h"

#include <gtest/gtest.h>

#include "support/past_run.h"

namespace pixgraph {
namespace {

using test::json;
using test::PastRun;

struct Page {
  explicit Page(PastRun& run) : record(read_run(run.write())), pictures(pictures_of(record)) {}
  std::string text(const std::vector<std::string>& models = {}) const {
    const PageParts parts{record,      pictures, models,
                          "/s/runs/x", "0123",   [](int) { return std::string("data:image/gif;base64,AA"); }};
    return page_begin(parts) + page_end(parts);
  }
  bool has(const std::string& part) const { return text().find(part) != std::string::npos; }
  RunRecord record;
  ReportPictures pictures;
};

std::string verdict(PastRun& run) {
  const Verdict got = verdict_of(read_run(run.write()));
  return got.sign + " " + got.title + ": " + got.sentence;
}

TEST(ReportPage, TheVerdictSaysHowItEnded) {
  PastRun good, bad, stopped, interrupted, killed, canceled;
  good.end(0, 2, 0);
  EXPECT_EQ(verdict(good), "✓ All done: 2 items in out.");
  bad.end(1, 1, 1);
  EXPECT_EQ(verdict(bad),
            "✕ Finished with failures: 1 of 2 items failed; 1 is in out. With --only failed the same command runs "
            "those again.");
  stopped.end(3, 0, 0);
  stopped.events.back()["stopped"] = "no money left";
  EXPECT_EQ(verdict(stopped), "✕ Stopped: no money left; nothing was written.");
  interrupted.end(130, 1, 1);
  EXPECT_EQ(verdict(interrupted),
            "– Interrupted: 1 of 2 items failed; 1 is in out. Run the same command again: what is done is not done or "
            "bought twice.");
  killed.done("a");
  EXPECT_EQ(
      verdict(killed),
      "▸ Not ended: The run has written no end: it goes on, or it was killed. So far 1 of 2 items came to an end.");
  canceled.end(1, 1, 0);
  canceled.events.back()["canceled"] = 1;
  EXPECT_EQ(verdict(canceled), "– Not finished: 1 item was not worked on to the end; 1 is in out.");
}

TEST(ReportPage, FailuresAreGroupedByWhatIsTheSameInThem) {
  PastRun run;
  run.failed("a.jpg", "scene", "E411", "a.jpg: sizes differ (2048x1365, 2048x1366)");
  run.failed("b.jpg", "fitted", "E311", "it is torn");
  run.failed("c.jpg", "scene", "E411", "c.jpg: sizes differ (2048x1300, 2048x1301)");
  run.failed("d.jpg", "fitted", "E411", "it is torn");
  const RunRecord record = read_run(run.write());
  const auto groups = failures_of(record);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].cause, "a.jpg: sizes differ (2048x1365, 2048x1366)");
  EXPECT_EQ(groups[0].items, (std::vector<int>{0, 2}));
  EXPECT_EQ(groups[1].code, "E311");
  EXPECT_EQ(groups[2].code, "E411");
}

TEST(ReportPage, WhatMattersIsThereWithoutScripts) {
  PastRun run;
  run.task(0, "a.jpg", "scene", "started");
  run.task(2.5, "a.jpg", "scene", "done");
  run.done("a.jpg", "/s/out/a 1.jpg", "h");
  run.failed("b.jpg", "fitted", "E311", "it is torn");
  run.add({{"type", "warning"}, {"node", "scene"}, {"message", "odd"}});
  run.add({{"type", "warning"}, {"node", "scene"}, {"message", "odd"}});
  run.end(1, 1, 1);
  const Page page(run);
  EXPECT_TRUE(page.has("<title>✕ mugs · 1 failed</title>"));
  EXPECT_TRUE(page.has("<p class=\"verdict bad\"><strong>✕ Finished with failures</strong> 1 of 2 items failed"));
  EXPECT_TRUE(page.has("<time datetime=\"2026-11-20T09:12:00.000Z\">2026-11-20 09:12 UTC</time>"));
  EXPECT_TRUE(page.has("<div><dt>wall time</dt><dd>3.5 s</dd></div>"));
  EXPECT_TRUE(page.has("<div class=\"failed\"><dt>failed</dt><dd>1</dd></div>"));
  EXPECT_TRUE(page.has("aria-label=\"scene (Predict, hosted model): 1 done\""));
  EXPECT_TRUE(page.has("Failures <small>1 item, 1 cause</small>"));
  EXPECT_TRUE(page.has("<p class=\"cause\">it is torn <span class=\"code\">E311</span></p>"));
  EXPECT_TRUE(page.has("<a href=\"#image-b.jpg\">b.jpg</a>"));
  EXPECT_TRUE(
      page.has("<tr><th scope=\"row\">scene <small>Predict</small></th><td>1</td><td>–</td><td>–</td><td>2.5 "
               "s</td><td>2.5 s</td></tr>"));
  EXPECT_TRUE(page.has("<a href=\"../../out/a%201.jpg\">a 1.jpg</a>"));
  EXPECT_TRUE(page.has("<pre class=\"command\" tabindex=\"0\">pixgraph run p.yaml &#39;my photos&#39;</pre>"));
  EXPECT_TRUE(page.has("<dt class=\"mono\">prompt</dt><dd>a cup</dd>"));
  EXPECT_TRUE(page.has("<li>scene: odd <small>2 times</small></li>"));
  EXPECT_TRUE(page.has("<pre tabindex=\"0\">pixgraph: 1\n# &lt;here&gt;\n</pre>"));
  EXPECT_FALSE(page.has("Where time and money went"));  // nobody knows what it cost
  EXPECT_FALSE(page.has("stand-in models"));
  EXPECT_NE(page.text({"o/n  3 predictions, seed 7"}).find("<li class=\"mono\">o/n  3 predictions, seed 7</li>"),
            std::string::npos);
}

TEST(ReportPage, CostsAreThereWhereTheyAreKnown) {
  PastRun run;
  run.task(0, "a", "scene", "started");
  run.task(2, "a", "scene", "done");
  run.add({{"type", "prediction"},
           {"state", "succeeded"},
           {"id", "x"},
           {"key", "k"},
           {"lane", "l"},
           {"model", "o/n"},
           {"cost", 0.0125}});
  run.add({{"type", "item"},
           {"item", "a"},
           {"outcome", "done"},
           {"predictions", {{{"node", "scene"}, {"id", "x"}, {"reused", false}}}}});
  run.end(0, 1, 0);
  const Page page(run);
  EXPECT_TRUE(page.has("Where time and money went"));
  EXPECT_TRUE(page.has("<td>$0.0125</td>"));
  EXPECT_TRUE(page.has("<dt>model cost</dt><dd>$0.0125</dd>"));
}

TEST(ReportPage, NoNameEndsATag) {
  PastRun run;
  const std::string name = "</script><img src=x onerror=alert(1)>\"'.jpg";
  run.events[1]["name"] = name;
  run.events[1]["pipeline"] = "</pre><script>";
  run.events[1]["params"] = {{name, name}};
  run.events[1]["nodes"] = {{{"name", name}, {"type", name}}};
  run.events[1]["shard"] = run.events[1]["sandbox"] = run.events[1]["state"] = run.events[1]["file"] = name;
  run.task(0, name, name, "started");
  run.task(1, name, name, "failed", name);
  run.failed(name, name, name, name);
  run.events.back()["hint"] = name;
  run.done("b", "/out/" + name, "h");
  run.add({{"type", "warning"}, {"node", name}, {"message", name}});
  run.end(1, 1, 1);
  run.events.back()["hint"] = name;
  const Page page(run);
  const std::string text = page.text({name});
  EXPECT_EQ(text.find("<img src=x"), std::string::npos);
  EXPECT_EQ(text.find("</pre><script>"), std::string::npos);
  std::size_t scripts = 0;
  for (std::size_t at = 0; (at = text.find("<script", at)) != std::string::npos; ++at) ++scripts;
  EXPECT_EQ(scripts, 2u);  // the map of modules, and the first of them
}

TEST(ReportPage, ScriptsAndStylesAreOursAlone) {
  PastRun run;
  run.end(0, 2, 0);
  const Page page(run);
  EXPECT_TRUE(
      page.has("content=\"default-src 'none'; img-src 'self' data: file:; style-src 'nonce-0123'; script-src "
               "'nonce-0123'; base-uri 'none'; form-action 'none'\""));
  EXPECT_TRUE(page.has("<link rel=\"icon\" href=\"data:,\">"));  // no /favicon.ico is asked for
  EXPECT_FALSE(page.has("http://"));
  EXPECT_FALSE(page.has("https://"));
  EXPECT_FALSE(page.has(" style=\""));
}

}  // namespace
}  // namespace pixgraph
