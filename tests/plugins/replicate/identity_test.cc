#include "identity.h"

#include <gtest/gtest.h>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using test::thrown;

const std::string kHex = "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003";
const std::string kUpper = "FB8AF171CFA1616DDCF1242C093F9C46BCADA5AD4CF6F2FBE8B81B330EC5C003";
const std::string kForms =
    " (a version is written as 64 hex digits, as owner/name:<64 hex digits>, or as owner/name for an official model)";

std::string refused(const std::string& version, const std::string& model = "", const std::string& deployment = "") {
  return thrown([&] { read_identity(version, model, deployment); });
}

TEST(Identity, BareVersion) {
  const Identity identity = read_identity(kHex, "", "");
  EXPECT_EQ(identity.lane, kHex);
  EXPECT_EQ(identity.version, kHex);
  EXPECT_EQ(identity.endpoint, "/predictions");
  EXPECT_EQ(identity.name, "");
  EXPECT_EQ(identity.display(), "version fb8af171");
}

TEST(Identity, NamedVersionIsTheSamePurchase) {
  const Identity identity = read_identity("cjwbw/rembg:" + kUpper, "", "");
  EXPECT_EQ(identity.lane, kHex);
  EXPECT_EQ(identity.version, "cjwbw/rembg:" + kHex);
  EXPECT_EQ(identity.endpoint, "/predictions");
  EXPECT_EQ(identity.display(), "cjwbw/rembg");
  EXPECT_EQ(read_identity(kUpper, "", "").lane, kHex);
}

TEST(Identity, OfficialModelByVersionAndByPathIsTheSamePurchase) {
  const Identity by_version = read_identity("black-forest-labs/flux-schnell", "", "");
  EXPECT_EQ(by_version.lane, "black-forest-labs/flux-schnell");
  EXPECT_EQ(by_version.version, "black-forest-labs/flux-schnell");
  EXPECT_EQ(by_version.endpoint, "/predictions");
  const Identity by_path = read_identity("", "black-forest-labs/flux-schnell", "");
  EXPECT_EQ(by_path.lane, by_version.lane);
  EXPECT_EQ(by_path.version, "");
  EXPECT_EQ(by_path.endpoint, "/models/black-forest-labs/flux-schnell/predictions");
}

TEST(Identity, Deployment) {
  const Identity identity = read_identity("", "", "acme/upscaler");
  EXPECT_EQ(identity.lane, "deployment acme/upscaler");
  EXPECT_EQ(identity.version, "");
  EXPECT_EQ(identity.endpoint, "/deployments/acme/upscaler/predictions");
  EXPECT_EQ(identity.display(), "deployment acme/upscaler");
}

TEST(Identity, BlanksAroundAreIgnored) {
  EXPECT_EQ(read_identity(" " + kHex + "\n", "", " ").lane, kHex);
}

TEST(Identity, RefusesNoneAndSeveral) {
  EXPECT_EQ(refused(""),
            "E404: no model is named: `version`, `model` and `deployment` are all empty (give one: `version: "
            "owner/name:<64 hex digits>`, "
            "`model: owner/name` (official models) or `deployment: owner/name`)");
  EXPECT_EQ(refused(kHex, "a/b"),
            "E404: `version` and `model` are given together (keep one of them: each names what is bought)");
  EXPECT_EQ(refused(kHex, "", "a/b"),
            "E404: `version` and `deployment` are given together (keep one of them: each names what is bought)");
  EXPECT_EQ(refused("", "a/b", "a/b"),
            "E404: `model` and `deployment` are given together (keep one of them: each names what is bought)");
  EXPECT_EQ(
      refused(kHex, "a/b", "a/b"),
      "E404: `version`, `model` and `deployment` are given together (keep one of them: each names what is bought)");
}

TEST(Identity, RefusesMalformedVersions) {
  EXPECT_EQ(refused("rembg"), "E404: `version: rembg` names no version" + kForms);
  EXPECT_EQ(refused("cjwbw/rembg:latest"), "E404: `version: cjwbw/rembg:latest` names no version" + kForms);
  EXPECT_EQ(refused("cjwbw/rembg:fb8af171"),
            "E404: `version: cjwbw/rembg:fb8af171` has 8 hex digits after the colon, and a version has 64" + kForms);
  EXPECT_EQ(refused(kHex.substr(1)),
            "E404: `version: " + kHex.substr(1) + "` has 63 hex digits, and a version has 64" + kForms);
  EXPECT_EQ(refused("https://replicate.com/cjwbw/rembg"),
            "E404: `version: https://replicate.com/cjwbw/rembg` names no version" + kForms);
  EXPECT_EQ(refused("a/b/c"), "E404: `version: a/b/c` names no version" + kForms);
}

TEST(Identity, RefusesMalformedNames) {
  EXPECT_EQ(refused("", "flux-schnell"),
            "E404: `model: flux-schnell` is not of the form owner/name (it is two words with a slash between, such as "
            "black-forest-labs/flux-schnell)");
  EXPECT_EQ(refused("", "cjwbw/rembg:" + kHex),
            "E404: `model: cjwbw/rembg:" + kHex +
                "` is not of the form owner/name (a name with a version after a colon goes into `version:`)");
  EXPECT_EQ(
      refused("", "", "up scaler/x"),
      "E404: `deployment: up scaler/x` is not of the form owner/name (it is two words with a slash between, such as "
      "black-forest-labs/flux-schnell)");
}

TEST(Identity, NamesCannotClimbOutOfTheirPath) {
  for (const char* name : {"../..", "a/..", "./b", "a/b?x=1", "a/b#c", "a/%2e%2e", "/b", "a/"})
    EXPECT_FALSE(is_owner_name(name)) << name;
}

}  // namespace
}  // namespace pixgraph::replicate
