// `new`, `schema` and `completion`: what helps to write pipelines and commands.
#include <cstdio>

#include <pixgraph/error.h>

#include "commands.h"
#include "completion.h"
#include "disk.h"
#include "new_pipeline.h"
#include "pipeline_schema.h"
#include "spell.h"
#include "unicode.h"

namespace pixgraph {

int command_new(const Arguments& arguments) {
  if (arguments.words.size() > 1) throw Error("E805", "pixgraph new takes one name, no more");
  std::string file = arguments.words[0];
  if (!file.ends_with(".yaml") && !file.ends_with(".yml")) file += ".yaml";
  if (!place_new(real_disk(), file, new_pipeline(file)))
    throw Error("E807", ticked(file) + " is there already", "choose another name");
  std::printf("%s\n", file.c_str());
  std::fprintf(stderr, "try it: pixgraph run %s PHOTO --sandbox\n", printable(file).c_str());
  return kExitDone;
}

int command_schema(const Arguments& arguments) {
  std::printf("%s\n", pipeline_schema(registry_for(arguments)).dump(1).c_str());
  return kExitDone;
}

int command_completion(const Arguments& arguments) {
  if (arguments.words.size() > 1) throw Error("E805", "pixgraph completion takes one shell, no more");
  const std::string_view script = completion_script(arguments.words[0]);
  if (script.empty())
    throw Error("E805", "there is no completion for the shell " + ticked(arguments.words[0]),
                suggestion(arguments.words[0], {"bash", "zsh", "fish"}, "the shells are bash, zsh and fish"));
  std::fwrite(script.data(), 1, script.size(), stdout);
  return kExitDone;
}

}  // namespace pixgraph
