#include "delivery.h"

namespace sandbox {

Delivery answer_delivery(World& world, const std::string& method, const std::string& path, bool behave) {
  const auto whole = [](Response response) {
    Delivery delivery{std::move(response)};
    delivery.sent = delivery.response.body.size();
    return delivery;
  };
  if (method != "GET" && method != "HEAD") return whole(problem(405, "Method not allowed", "Only GET and HEAD."));
  const auto entry = world.deliveries.find(path, world.clock.now());
  if (!entry) return whole(Response{404, "Not Found\n", "text/plain"});
  if (method == "GET") world.stats.count("downloads");
  if (!behave && world.faults.hit(Fault::redirect)) {
    return whole(Response{302, "", "text/plain", {{"Location", world.redirected + path}}});
  }
  Delivery delivery =
      whole(Response{200, entry->bytes->read(), entry->content_type, {{"Cache-Control", "public,max-age=3600"}}});
  if (behave || method == "HEAD") return delivery;
  if (world.faults.hit(Fault::truncated_body)) delivery.sent /= 2;
  if (world.faults.hit(Fault::drip)) delivery.pieces = 20;
  return delivery;
}

}  // namespace sandbox
