// `new`, `schema` and `completion`: what helps to write pipelines and commands.
#include <algorithm>
#include <cctype>
#include <cstdio>

#include <pixgraph/error.h>

#include "commands.h"
#include "completion.h"
#include "disk.h"
#include "html.h"
#include "new_pipeline.h"
#include "pipeline_schema.h"
#include "spell.h"
#include "unicode.h"

namespace pixgraph {

int command_new(const Arguments& arguments) {
  if (arguments.words.size() > 1) throw Error("E805", "pixgraph new takes one name, no more");
  std::string file = arguments.words[0];
  const std::string name = file.substr(file.rfind('/') + 1);
  if (name.find_first_not_of('.') == std::string::npos)
    throw Error("E805", ticked(file) + " is no name for a pipeline", "pixgraph new mug writes mug.yaml");
  std::string ending = name.substr(std::min(name.size(), name.rfind('.')));
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending != ".yaml" && ending != ".yml") file += ".yaml";
  if (const std::string folder = folder_of(file); !real_disk().exists(folder))
    throw Error("E805", "there is no folder " + ticked(folder), "make it first, or name another one");
  if (!place_new(real_disk(), file, new_pipeline(file)))
    throw Error("E807", ticked(file) + " is there already", "choose another name");
  std::printf("%s\n", file.c_str());
  std::fprintf(stderr, "try it: pixgraph run %s PHOTO --sandbox\n",
               shell_word(file.starts_with('-') ? "./" + file : file).c_str());
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
