// Node: what a local node's function is given. Host: what core owns and lends to plugins.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <pixgraph/codec.h>
#include <pixgraph/http.h>
#include <pixgraph/spec.h>
#include <pixgraph/value.h>

namespace pixgraph {

/// Services of the program. One per run; lives longer than every Call; safe from many threads.
class Host {
 public:
  virtual ~Host() = default;
  virtual Http& http() = 0;
  /// The file that pixgraph saved from this URL, now or in an earlier run; null where it never did.
  virtual FilePtr saved(std::string_view url) = 0;
  /// Puts bytes into the store.
  virtual FilePtr save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) = 0;
  /// Decodes by content. Throws Error with the file's name (E31x).
  virtual ImagePtr decode(const File& file) = 0;
  /// `format` is a codec's name. Alpha that the format cannot keep is an Error (E322).
  virtual Bytes encode(const Image& image, std::string_view format, const EncodeRequest& request) = 0;
  /// SHA-256 as 64 hex digits.
  virtual std::string hash(std::span<const std::uint8_t> bytes) = 0;
  /// SHA-256 over size, channels, sample type, alpha kind, ICC and pixels: equal pictures have equal hashes.
  virtual std::string pixel_hash(const Image& image) = 0;
  /// The hash of the pixels that decode() gives. A run may remember it by the file's content.
  virtual std::string picture_hash(const File& file) { return pixel_hash(*decode(file)); }
  /// An environment variable, "" where unset. Values of names that end in _TOKEN, _KEY or _HEADERS are secrets:
  /// core takes them out of every text it writes.
  virtual std::string environment(const std::string& name) = 0;
};

struct ImageSize {
  int width = 0, height = 0;
};

/// One execution of a node for one item. Used by one thread at a time.
class Call {
 public:
  virtual ~Call() = default;
  virtual Host& host() = 0;
  /// The value of an input port or param, already checked against and converted to its declared type: files are decoded
  /// where an image is wanted, params have their defaults. Absent for optional inputs that were not given.
  virtual const Value& value(std::string_view name) const = 0;
  /// Of an image input, upright; a file is only asked for its header. REQUIRES: the input was given.
  virtual ImageSize size(std::string_view name) const {
    const ImagePtr whole = image(name);
    return {whole->width(), whole->height()};
  }
  /// The image input for a node that shrinks it: of a file its decoder may give 1/2, 1/4 or 1/8 of size() (rounded up),
  /// never less than asked for. No other node sees that picture.
  virtual ImagePtr image_at_least(std::string_view name, int, int) const { return image(name); }
  /// The image input, for a node that asks for it once and not for its value() after that. Of a file that is decoded
  /// for it sole_owner() may be had, and the file's bytes are let go of; other nodes' pictures are theirs still.
  virtual ImagePtr take_image(std::string_view name) { return image(name); }
  /// The same; but a file whose decoder can goes to `rows` instead, and null comes back.
  virtual ImagePtr take_rows(std::string_view name, RowSink&) { return take_image(name); }
  /// Sets an output once. REQUIRES: `output` is in the Spec and not set yet.
  virtual void set(std::string_view output, Value value) = 0;
  /// Shown with the item; the item goes on.
  virtual void warn(std::string message) = 0;
  /// True when the run is being ended: long work may stop and throw Error E901.
  virtual bool canceled() const = 0;
  /// Where the URLs of this input may lead: anywhere where the user wrote them, in the pipeline, a param or a manifest.
  /// What came out of another node is a server's word: to public addresses only, unless that server itself is at a
  /// loopback or private one. Whoever does not know says public_only.
  virtual Reach reach(std::string_view) const { return Reach::public_only; }

  bool has(std::string_view name) const { return !value(name).absent(); }
  const std::string& text(std::string_view name) const { return *value(name).text(); }
  std::int64_t integer(std::string_view name) const { return *value(name).integer(); }
  double number(std::string_view name) const {
    const Value& v = value(name);
    return v.integer() ? static_cast<double>(*v.integer()) : *v.number();
  }
  bool boolean(std::string_view name) const { return *value(name).boolean(); }
  ImagePtr image(std::string_view name) const { return value(name).image(); }
  ImagePtr mask(std::string_view name) const { return value(name).image(); }
  FilePtr file(std::string_view name) const { return value(name).file(); }
  const List& list(std::string_view name) const { return *value(name).list(); }
};

/// May run on many threads at once, never changes its inputs, throws Error.
using RunFunction = std::function<void(Call&)>;

}  // namespace pixgraph
