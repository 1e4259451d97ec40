// Every fault that the sandbox knows, and the outcome that the real program must have with it: a table, one row per
// situation. A fault without a row is a failure.
//
// After the first run the same is run a second time, against the same server: what was paid for is not bought again,
// and what was not is bought once.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "session.h"
#include "world.h"

namespace wire {
namespace {

using nlohmann::json;

/// One prediction per item, whose picture is fetched.
constexpr const char* kTiny = R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  made: {type: ReplicatePredict, model: sandbox/instant, input: {text: "${photo.stem}", seconds: 0.03}}
  picture: {type: Fetch, url: "${made.output}"}
outputs: {result: {value: "${picture}", file: "${photo.stem}.png"}}
)";
constexpr const char* kLimited = R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  made: {type: ReplicatePredict, model: sandbox/instant, input: {text: "${photo.stem}"}, timeout: 1s}
outputs: {result: {value: "${made.file}", file: "${photo.stem}.png"}}
)";
/// Sends a picture.
constexpr const char* kCutout = R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  drawn: {type: ReplicatePredict, model: sandbox/instant, input: {text: "${photo.stem}"}}
  small: {type: Resize, image: "${drawn.file}", width: 24}
  cut:
    type: ReplicatePredict
    version: cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003
    input: {image: "${small}"}
outputs: {result: {value: "${cut.file}", file: "${photo.stem}.png"}}
)";
/// Gives a list of two.
constexpr const char* kTwo = R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  made:
    type: ReplicatePredict
    version: stability-ai/stable-diffusion:ac732df83cea7fff18b8472768c88ad041fa750ff7682a21affe81863cbe77e4
    input: {prompt: "${photo.stem}", width: 64, height: 64, num_outputs: 2, seed: 3}
outputs: {result: {value: "${made.files}", file: "${photo.stem}-${index}.png"}}
)";

struct Row {
  const char* name;                 // of the test
  std::vector<const char*> faults;  // as --fault takes them
  const char* pipeline = kTiny;
  int items = 2;
  int exit = 0;
  int creates = 2;
  const char* ledger = "succeeded 2";
  int outputs = 2;
  const char* says = "";  // a line of stderr, as a golden case writes it
  // The second run:
  int exit_again = 0;
  int creates_again = -1;  // -1: nothing more was bought
  const char* says_again = "";
  std::vector<const char*> sandbox = {};  // more options
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

const Row kRows[] = {
    // What gateways answer differently: none of it stops a run.
    {.name = "GatewayUrls", .faults = {"gateway-urls"}},
    {.name = "VersionAlias", .faults = {"version-alias"}},
    {.name = "AliasedModel", .faults = {"aliased-model"}},
    {.name = "Codes200", .faults = {"200-codes"}, .pipeline = kCutout, .creates = 4, .ledger = "succeeded 4"},
    {.name = "DuplicateKeys", .faults = {"duplicate-keys"}},
    {.name = "Nanoseconds", .faults = {"nanoseconds"}},
    {.name = "TrailingSlash404",
     .faults = {"trailing-slash-404"},
     .pipeline = kCutout,
     .creates = 4,
     .ledger = "succeeded 4"},
    {.name = "NoListIsNotMissedUnlessItIsNeeded", .faults = {"no-list"}},
    {.name = "NoModelsLeavesTheBuiltInTable", .faults = {"no-models"}},
    {.name = "NoFilesSendsPicturesInside",
     .faults = {"no-files"},
     .pipeline = kCutout,
     .creates = 4,
     .ledger = "succeeded 4"},
    {.name = "ElidedInputs", .faults = {"elided-inputs"}, .pipeline = kCutout, .creates = 4, .ledger = "succeeded 4"},
    // Creates do not ask to be held (an id that comes only with the end is lost with the connection): never struck.
    {.name = "WaitEndsProcessing", .faults = {"wait-ends-processing"}},
    {.name = "OutputGrowsAndIsTakenAtItsEnd",
     .faults = {"output-grows"},
     .pipeline = kTwo,
     .outputs = 4,
     .sandbox = {"--latency", "500ms"}},
    {.name = "Slow", .faults = {"slow"}, .sandbox = {"--time-scale", "20"}},

    // "Slow down" is obeyed, whichever way it is said.
    {.name = "Throttled", .faults = {"429:x2"}, .says = "<any> asks to slow down (429: Request was throttled.)<any>"},
    {.name = "ThrottledInJson",
     .faults = {"429-json:x2"},
     .says = "<any> asks to slow down (429: Request was throttled. Your rate limit resets in ~1s.)<any>"},

    // Refused: the run ends at once, nothing is paid.
    {.name = "Payment",
     .faults = {"402"},
     .items = 1,
     .exit = 3,
     .creates = 0,
     .ledger = "rejected 1",
     .outputs = 0,
     .says = "<any>127.0.0.1:<n> wants payment first (402: Insufficient credit: You have insufficient credit to run "
             "this model. Go to https://replicate.com/account/billing#billing to purchase credit.)<any>",
     .exit_again = 3},
    {.name = "PaymentThatIsMadeMeanwhile",
     .faults = {"402:x1"},
     .items = 1,
     .exit = 3,
     .creates = 0,
     .ledger = "rejected 1",
     .outputs = 0,
     .creates_again = 1},
    {.name = "Unauthenticated",  // the question what the model takes meets it, before any intent
     .faults = {"401"},
     .items = 1,
     .exit = 3,
     .creates = 0,
     .ledger = "",
     .outputs = 0,
     .says = "<any>127.0.0.1:<n> does not accept the token in REPLICATE_API_TOKEN (401: Unauthenticated: You did not "
             "pass a valid authentication token)<any>",
     .exit_again = 3},

    // The create's answer tells nothing: what became of it is found out before anything else.
    {.name = "BadGatewayOfTheCreate",  // after that of the question what the model takes
     .faults = {"502-html:x2"},
     .says = "<any>finding out whether a prediction was created<any>"},
    {.name = "BadGatewayForEver",
     .faults = {"502-html"},
     .items = 1,
     .exit = 3,
     .creates = 0,
     .ledger = "intent 1",
     .outputs = 0,
     .says = "<any>it could not be found out whether a prediction was bought: 127.0.0.1:<n> gave no answer about the "
             "list of predictions (502: 502 Bad Gateway)<any>",
     .exit_again = 3},
    {.name = "DropBeforeAnswer", .faults = {"drop-before-answer:x1"}},
    {.name = "EveryAnswerDropped", .faults = {"drop-before-answer"}},
    {.name = "DropBehindAliases", .faults = {"drop-before-answer", "version-alias", "aliased-model"}},
    {.name = "DropOfUploadedPictures",
     .faults = {"drop-before-answer", "elided-inputs"},
     .pipeline = kCutout,
     .creates = 4,
     .ledger = "succeeded 4"},
    {.name = "DropWithoutAList",
     .faults = {"drop-before-answer", "no-list"},
     .items = 1,
     .exit = 3,
     .creates = 1,
     .ledger = "maybe-paid 1",
     .outputs = 0,
     .says = "<any>a prediction of sandbox/instant may be paid for already (no whole answer from "
             "<url>/models/sandbox/instant/predictions: the connection was closed), and the server has no list to look "
             "it up<any>",
     .exit_again = 3,
     .says_again = "<any>an earlier run ended while it was buying this prediction (sandbox/instant, <any>), so it may "
                   "be paid for already<any>"},
    {.name = "DropOfElidedPictures",
     .faults = {"drop-before-answer:x2", "elided-inputs", "no-files"},
     .pipeline = kCutout,
     .items = 1,
     .exit = 3,
     .creates = 2,
     .ledger = "maybe-paid 1, succeeded 1",
     .outputs = 0,
     .says = "<any>prediction <id> may be it: its input or its time does not tell for sure<any>",
     .exit_again = 3},
    {.name = "AnotherApisBody", .faults = {"dalle-body"}},
    {.name = "AnotherApisBodyWithoutAList",
     .faults = {"dalle-body", "no-list"},
     .items = 1,
     .exit = 3,
     .creates = 1,
     .ledger = "maybe-paid 1",
     .outputs = 0,
     .says = "<any>may be paid for already (no id in the answer of 127.0.0.1:<n> (200)), and the server has no list to "
             "look it up<any>",
     .exit_again = 3},

    // Predictions that do not succeed: their items' errors.
    {.name = "Stuck",
     .faults = {"stuck:x1"},
     .pipeline = kLimited,
     .exit = 1,
     .ledger = "succeeded 1, timed-out 1",
     .outputs = 1,
     .says = "<any>prediction <id> took longer than its timeout of 1.0 s and was told to end  [E413]",
     .exit_again = 1,
     .says_again = "<any>an earlier prediction <id> ended as timed-out: <any>  [E511]"},
    {.name = "StuckWithoutCancel",
     .faults = {"stuck:x1", "no-cancel"},
     .pipeline = kLimited,
     .exit = 1,
     .ledger = "succeeded 1, timed-out 1",
     .outputs = 1,
     .says = "<any>prediction <id> took longer than its timeout of 1.0 s, and could not be told to end: the server has "
             "no way to do that  [E413]",
     .exit_again = 1},
    {.name = "Aborted",
     .faults = {"aborted:x1"},
     .exit = 1,
     .ledger = "aborted 1, succeeded 1",
     .outputs = 1,
     .says = "<any>prediction <id> was aborted before it ran; it was not charged  [E414]",
     .creates_again = 3},
    {.name = "Failed",
     .faults = {"failed:x1"},
     .exit = 1,
     .ledger = "failed 1, succeeded 1",
     .outputs = 1,
     .says = "<any>prediction <id> failed: Director: unexpected error handling prediction (E8765: health check "
             "failed)<any>  [E411]",
     .exit_again = 1,
     .says_again = "<any>an earlier prediction <id> ended as failed: <any>  [E511]"},
    {.name = "OutputNull",
     .faults = {"output-null:x1"},
     .exit = 1,
     .outputs = 1,
     .says = "<any>sandbox/instant (prediction <id>) succeeded without any output  [E418]",
     .exit_again = 1},
    {.name = "Expired",
     .faults = {"expired:x1"},
     .exit = 1,
     .ledger = "expired 1, succeeded 1",
     .outputs = 1,
     .says = "<any>the output of prediction <id> has been removed from the server (it is kept for one hour)  [E416]",
     .exit_again = 1,
     .says_again = "<any>the paid prediction <id> is expired on the server: <any>  [E512]"},

    // Downloads: whole, or not at all.
    {.name = "TruncatedBodyIsFetchedAgain", .faults = {"truncated-body:x2"}},
    {.name = "TruncatedBodyKeepsThePurchase",
     .faults = {"truncated-body:x5"},
     .items = 1,
     .exit = 1,
     .creates = 1,
     .ledger = "created 1",
     .outputs = 0,
     .says = "<any>the answer from http://127.0.0.1:<n>/xezq/<any> ended after <n> of <n> bytes  [E204]"},
    {.name = "Redirect", .faults = {"redirect"}},
    {.name = "Drip", .faults = {"drip"}, .sandbox = {"--time-scale", "10"}},
};

std::string item_name(int i) {
  return std::string(1, static_cast<char>('a' + i)) + ".txt";
}

class FaultRow : public testing::TestWithParam<Row> {};

void check(const Row& row, World& world, const cases::Ended& ended, int exit, int creates, const char* says) {
  EXPECT_EQ(ended.code, exit) << ended.err;
  EXPECT_EQ(world.stats()["creates"], creates) << ended.err;
  if (*says) {
    EXPECT_EQ(cases::mismatch("...\n" + std::string(says) + "\n...\n", ended.err), "") << row.name << "\n" << ended.err;
  }
}

TEST_P(FaultRow, HasItsOutcome) {
  const Row& row = GetParam();
  std::vector<std::string> options;
  for (const char* fault : row.faults) options.insert(options.end(), {"--fault", fault});
  options.insert(options.end(), row.sandbox.begin(), row.sandbox.end());
  World world(options);
  world.write("pipeline.yaml", row.pipeline);
  std::vector<std::string> items;
  for (int i = 0; i < row.items; ++i) {
    items.push_back(item_name(i));
    world.write(items.back(), items.back());
  }
  check(row, world, world.run(items), row.exit, row.creates, row.says);
  EXPECT_EQ(world.ledger(), row.ledger);
  EXPECT_EQ(world.outputs().size(), static_cast<std::size_t>(row.outputs));
  for (const std::string& name : world.outputs())
    EXPECT_NE(cases::picture_facts(world.path("out/" + name)), "") << name;
  check(row, world, world.run(items), row.exit_again, row.creates_again < 0 ? row.creates : row.creates_again,
        row.says_again);
  if (row.exit_again == 0) {
    EXPECT_EQ(world.outputs().size(), static_cast<std::size_t>(std::max(row.outputs, row.items)));
  }

  // With any fault: the key goes to the base alone, nothing but downloads to anybody else, and no create is held.
  for (const json& request : world.requests()) {
    const std::string line = request["line"], headers = request["headers"];
    const bool to_base = request["listener"] == "api";
    EXPECT_EQ(headers.find(std::string("Authorization: Bearer ") + kToken) != std::string::npos,
              to_base && !line.starts_with("GET /sandbox/"))
        << line << "\n"
        << headers;
    if (!to_base) {
      EXPECT_TRUE(line.starts_with("GET /xezq/")) << line;
    }
    EXPECT_EQ(headers.find("Prefer:"), std::string::npos) << headers;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultRow, testing::ValuesIn(kRows),
                         [](const testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

std::set<std::string> faults_of_the_sandbox() {
  World world({});
  const cases::Ended help = cases::Process({PIXGRAPH_SANDBOX, "--help"}, world.folder(), world.environment(),
                                           world.folder() + "/programs", "help")
                                .wait(std::chrono::seconds(20));
  std::set<std::string> names;
  std::size_t at = help.out.find("\nfaults:\n");
  if (at == std::string::npos) return names;
  for (at = help.out.find('\n', at + 1) + 1; at < help.out.size();) {
    const std::size_t end = std::min(help.out.find('\n', at), help.out.size());
    const std::string line = help.out.substr(at, end - at);
    if (line.size() > 2) names.insert(line.substr(2, line.find(' ', 2) - 2));
    at = end + 1;
  }
  return names;
}

TEST(Faults, EachHasARow) {
  std::set<std::string> rows;
  for (const Row& row : kRows)
    for (const std::string& fault : std::vector<std::string>(row.faults.begin(), row.faults.end()))
      rows.insert(fault.substr(0, fault.find(':')));
  const std::set<std::string> known = faults_of_the_sandbox();
  EXPECT_GE(known.size(), 25u);
  EXPECT_EQ(rows, known);
}

}  // namespace
}  // namespace wire
