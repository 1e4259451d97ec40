#include "lockfile.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <pixgraph/error.h>

namespace pixgraph {
namespace {

using nlohmann::json;

constexpr auto kText = R"({
 "models": {
  "a/b": {
   "hash": "9f86e5ad8a2bc0f87dd9c5e3f8b3c0d0",
   "name": "a/b",
   "pins": true,
   "schema": {
    "x": 1
   },
   "version": "beef"
  },
  "c/d": {
   "name": "c/d",
   "pins": false,
   "version": ""
  }
 },
 "pixgraph_lock": 1,
 "server": "https://api.replicate.com/v1"
}
)";

Lockfile sample() {
  Lockfile lock;
  lock.server = "https://api.replicate.com/v1";
  lock.models["a/b"] = {"a/b", "beef", true, std::make_shared<const json>(json{{"x", 1}})};
  lock.models["c/d"] = {"c/d", "", false, nullptr};
  return lock;
}

std::string text_with_hash() {
  std::string text = kText;
  const std::string example = "9f86e5ad8a2bc0f87dd9c5e3f8b3c0d0";
  return text.replace(text.find(example), example.size(), schema_hash(sample().models["a/b"].schema));
}

std::string refused(const std::string& text) {
  try {
    read_lock("p.yaml.lock", text);
  } catch (const Error& error) {
    return error.code() + ": " + error.message() + " (" + error.hint() + ")";
  }
  return "taken";
}

TEST(Lockfile, HasOneForm) {
  EXPECT_EQ(lock_path("a/p.yaml"), "a/p.yaml.lock");
  EXPECT_EQ(write_lock(sample()), text_with_hash());
  const Lockfile again = read_lock("p.yaml.lock", text_with_hash());
  EXPECT_EQ(write_lock(again), text_with_hash());
  EXPECT_EQ(again.models.at("a/b").version, "beef");
  EXPECT_TRUE(again.models.at("a/b").pins);
  EXPECT_EQ(again.models.at("c/d").schema, nullptr);
}

TEST(Lockfile, AHashIsOfTheMeaning) {
  const auto one = std::make_shared<const json>(json::parse(R"({"a": 1, "b": [2, "x"]})"));
  const auto same = std::make_shared<const json>(json::parse(R"({ "b":[2,"x"],"a":1 })"));
  const auto other = std::make_shared<const json>(json::parse(R"({"a": 1, "b": ["x", 2]})"));
  EXPECT_EQ(schema_hash(one).size(), 64u);
  EXPECT_EQ(schema_hash(one), schema_hash(same));
  EXPECT_NE(schema_hash(one), schema_hash(other));
  EXPECT_EQ(schema_hash(nullptr), "");
}

TEST(Lockfile, WhatIsNoneIsRefused) {
  EXPECT_EQ(refused("<<<<<<< HEAD"),
            "E424: `p.yaml.lock` is not JSON, so it is no lock file (pixgraph lock writes it anew)");
  EXPECT_EQ(refused("[]"), "E424: `p.yaml.lock` is not JSON, so it is no lock file (pixgraph lock writes it anew)");
  EXPECT_EQ(refused(R"({"pixgraph_lock": 2})"),
            "E424: `p.yaml.lock` is a lock file of another pixgraph (pixgraph lock writes it anew)");
  EXPECT_EQ(refused(R"({"pixgraph_lock": 1})"),
            "E424: `p.yaml.lock` lacks something that a lock file has (pixgraph lock writes it anew)");
  EXPECT_EQ(refused(R"({"pixgraph_lock": 1, "server": "s", "models": {"a/b": {"name": 5}}})"),
            "E424: `p.yaml.lock` lacks something that a lock file has (pixgraph lock writes it anew)");
  std::string changed = text_with_hash();
  changed.replace(changed.find("\"x\": 1"), 6, "\"x\": 2");
  EXPECT_EQ(refused(changed),
            "E424: `p.yaml.lock` was changed by hand: the schema of a/b is not the one of its hash (pixgraph lock "
            "writes it anew)");
}

}  // namespace
}  // namespace pixgraph
