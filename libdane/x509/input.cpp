#include "libdane/x509/input.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>

#include "libdane/x509/openssl_access.hpp"

namespace dane::x509 {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t\r\v\f";

/// Cuts the first line off `rest`; trailing blanks and the carriage return are dropped.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  const auto last = line.find_last_not_of(blanks);
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// The LABEL of a BEGIN line; empty for other lines.
std::string_view begin_label(std::string_view line) {
  if (!line.starts_with(begin_mark) || !line.ends_with(dashes)) return {};
  line.remove_prefix(begin_mark.size());
  return line.substr(0, line.size() < dashes.size() ? 0 : line.size() - dashes.size());
}

std::string_view without_indent(std::string_view line) {
  if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  const auto first = line.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view() : line.substr(first);
}

}  // namespace

std::string_view as_text(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

Result<Bytes> read_input(const std::filesystem::path& file, Deadline deadline) {
  auto out = read_to_end(file, max_input_octets, deadline);
  if (!out) return out;
  if (out->size() > max_input_octets)
    return fail("input-too-large", "the file is larger than 4 MiB", input_name(file));
  if (out->empty()) return fail("input-empty", "the file is empty", input_name(file));
  return out;
}

std::vector<PemBlock> find_pem_blocks(std::string_view text) {
  std::vector<PemBlock> blocks;
  bool open = false;
  std::size_t line_number = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const char* const start = rest.data();
    const auto line = take_line(rest);
    ++line_number;
    const auto plain = without_indent(line);
    const auto label = begin_label(plain);
    if (!label.empty()) {
      blocks.push_back({label, text.substr(static_cast<std::size_t>(start - text.data())),
                        line_number, false, plain.size() != line.size()});
      open = true;
    } else if (open && line == fmt::format("-----END {}-----", blocks.back().label)) {
      auto& block = blocks.back();
      block.complete = true;
      block.text = block.text.substr(0, static_cast<std::size_t>(rest.data() - block.text.data()));
      open = false;
    }
  }
  return blocks;
}

Result<Bytes> decode_pem(const PemBlock& block) {
  if (block.indented) {
    return fail("pem-invalid", "a byte order mark or blanks stand before -----BEGIN", {},
                "remove them: OpenSSL, and mail servers with it, skip such a block");
  }
  if (!block.complete) {
    return fail("pem-invalid", "the block does not end: its -----END line is missing");
  }
  const ErrorMark mark;
  const BioPtr bio(BIO_new_mem_buf(block.text.data(), static_cast<int>(block.text.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
  if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &length) != 1) {
    return fail("pem-invalid", "the block is not valid PEM: " + mark.reason());
  }
  const auto view = std::as_bytes(std::span(data, static_cast<std::size_t>(length)));
  Bytes out(view.begin(), view.end());
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, static_cast<std::size_t>(length));
  return out;
}

bool looks_like_der(ByteView input) {
  // A SEQUENCE too long for a one-octet length.  No text has that second octet.
  return input.size() > 2 && input[0] == std::byte{0x30} &&
         (input[1] & std::byte{0x80}) != std::byte{};
}

}  // namespace dane::x509
