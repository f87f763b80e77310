#include "report/page_document.h"

#include "report/verdict_json.h"

namespace testigo::report {

nlohmann::ordered_json page_head(const PageHead& head, const PageNames& names, const NamesShown& shown) {
  nlohmann::ordered_json document = {{"format", "testigo-page"},
                                     {"version", "1.0"},
                                     {"lang", head.lang},
                                     {"evidence", head.evidence},
                                     {"began", to_rfc3339(head.began)},
                                     {"ended", to_rfc3339(head.ended)},
                                     {"live", head.stage == Stage::Live || head.stage == Stage::Judging}};
  if (head.stage == Stage::Judging) document["judging"] = true;
  if (head.stage == Stage::CutShort) document["cut_short"] = true;
  if (head.next_event) document["next_event"] = *head.next_event;
  document["report"] = head.report;
  names.add_to(document, shown.only, shown.text_bytes_max);
  if (shown.text_bytes_max < PageNames::kTextBytesMax) document["name_octets_max"] = shown.text_bytes_max;
  document["wire"] = head.wire;
  return document;
}

nlohmann::ordered_json page_finding(const check::Finding& finding, std::optional<std::size_t> row,
                                    const std::filesystem::path& capture, std::span<const DissectedPort> ports) {
  nlohmann::ordered_json json = finding_json(finding);
  if (row) json["row"] = *row;
  const std::string command = capture.empty() ? "" : tshark_places(capture, ports, std::span(&finding.spot.place, 1));
  if (!command.empty()) json["tshark"] = command;
  return json;
}

}  // namespace testigo::report
