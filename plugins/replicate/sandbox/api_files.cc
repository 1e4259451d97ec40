// Uploads under /v1/files: POST, GET list, GET one, DELETE, and the signed download.
#include <nlohmann/json.hpp>

#include "api.h"
#include "text.h"

namespace sandbox {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxFile = 100'000'000;
// Fixed and public: there are no accounts here that it could protect.
constexpr const char* kSigningSecret = "sandbox";

json file_json(const World& world, const UploadedFile& file) {
  return {{"id", file.id},
          {"name", file.name},
          {"content_type", file.content_type},
          {"size", file.bytes->size()},
          {"etag", file.sha256.substr(0, 32)},
          {"checksums", {{"sha256", file.sha256}}},
          {"metadata", json::parse(file.metadata)},
          {"created_at", iso_time(file.created, 6)},
          {"expires_at", iso_time(file.expires, 6)},
          {"urls", {{"get", world.answer.base + "/files/" + file.id}}}};
}

std::string text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Response upload(World& world, const Request& request) {
  const auto parts = parse_form(request.header("Content-Type"), request.body);
  if (!parts) return problem(400, "Bad request", "The body must be multipart/form-data.");
  UploadedFile file;
  file.content_type = "application/octet-stream";
  const FormPart* content = nullptr;
  bool typed = false;
  for (const FormPart& part : *parts) {
    if (part.name == "content") {
      content = &part;
      if (file.name.empty()) file.name = part.filename;
      if (!part.content_type.empty() && !typed) file.content_type = part.content_type;
    } else if (part.name == "filename") {
      file.name = part.content;
    } else if (part.name == "type") {
      file.content_type = part.content;
      typed = true;
    } else if (part.name == "metadata") {
      const json metadata = json::parse(part.content, nullptr, false);
      if (!metadata.is_object()) return problem(422, "Input validation failed", "- metadata: must be a JSON object\n");
      file.metadata = part.content;
    }
  }
  if (content == nullptr) return problem(422, "Input validation failed", "- content: Missing content\n");
  if (content->content.size() > kMaxFile)
    return problem(413, "Payload too large", "Files must be less than 100MB in size");
  if (file.name.empty() || file.name.size() > 255)
    return problem(422, "Input validation failed", "- filename: must be 1 to 255 bytes\n");
  file.id = new_id();
  file.sha256 = sha256_hex(content->content);
  file.created = world.clock.now();
  // A day while outputs live an hour: the proportion stays when --links-live changes.
  file.expires = file.created + 24 * world.options.links_live;
  file.bytes = world.blobs.put(content->content);
  world.uploads.add(file);
  world.stats.count("uploads");
  return {world.faults.hit(Fault::codes_200) ? 200 : 201, text(file_json(world, file))};
}

Response download(World& world, const Request& request, const std::string& id) {
  const std::string owner = request.parameter("owner").value_or("");
  const std::string expiry = request.parameter("expiry").value_or("");
  const std::string signature = request.parameter("signature").value_or("");
  const auto file = world.uploads.find(id, world.clock.now());
  if (!file || signature != hmac_sha256_base64(kSigningSecret, owner + " " + id + " " + expiry)) return not_found();
  try {
    if (std::stod(expiry) < world.clock.now()) return not_found();
  } catch (const std::exception&) {
    return not_found();
  }
  return {200, file->bytes->read(), file->content_type};
}

}  // namespace

Response answer_files(World& world, const Request& request, const Parts& rest) {
  if (world.faults.hit(Fault::no_files)) return not_found();
  const double now = world.clock.now();
  if (rest.empty() && request.method == "POST") return upload(world, request);
  if (rest.empty() && request.method == "GET") {
    json results = json::array();
    for (const UploadedFile& file : world.uploads.list(now)) results.push_back(file_json(world, file));
    return {200, text({{"previous", nullptr}, {"next", nullptr}, {"results", results}})};
  }
  if (rest.size() == 1 && request.method == "GET") {
    const auto file = world.uploads.find(rest[0], now);
    return file ? Response{200, text(file_json(world, *file))} : not_found();
  }
  if (rest.size() == 1 && request.method == "DELETE") {
    return world.uploads.remove(rest[0], now) ? Response{204, ""} : not_found();
  }
  if (rest.size() == 2 && rest[1] == "download" && request.method == "GET") return download(world, request, rest[0]);
  if (rest.size() > 1) return not_found();
  return problem(405, "Method not allowed", "This method is not allowed for this resource.");
}

}  // namespace sandbox
