#include "check/catalogue.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::check {
namespace {

int number_of(std::string_view id) { return std::stoi(std::string(id.substr(2))); }

// With this, first and last of each group pin the whole enum to the table.
TEST(Catalogue, IdsRunWithinEachGroup) {
  ASSERT_EQ(catalogue().size(), kCheckCount);
  std::string_view before;
  for (const CheckInfo& row : catalogue()) {
    ASSERT_EQ(row.id.size(), 4u) << row.id;
    const bool same_group = before.substr(0, 2) == row.id.substr(0, 2);
    EXPECT_EQ(number_of(row.id), same_group ? number_of(before) + 1 : 1) << row.id;
    before = row.id;
  }
}

TEST(Catalogue, TheEnumNamesTheRows) {
  const std::pair<Id, std::string_view> ends[] = {
      {Id::CN01, "CN01"}, {Id::CN17, "CN17"}, {Id::FC01, "FC01"}, {Id::FC06, "FC06"}, {Id::ST01, "ST01"}, {Id::ST12, "ST12"},
      {Id::HP01, "HP01"}, {Id::HP07, "HP07"}, {Id::HD01, "HD01"}, {Id::HD07, "HD07"}, {Id::RQ01, "RQ01"}, {Id::RQ14, "RQ14"},
      {Id::MG01, "MG01"}, {Id::MG08, "MG08"}, {Id::RS01, "RS01"}, {Id::RS14, "RS14"}, {Id::SD01, "SD01"}, {Id::SD07, "SD07"},
      {Id::BH01, "BH01"}, {Id::BH07, "BH07"}, {Id::RT01, "RT01"}, {Id::RT04, "RT04"}, {Id::TL01, "TL01"}, {Id::TL03, "TL03"},
      {Id::PX01, "PX01"}, {Id::PX10, "PX10"}, {Id::EX01, "EX01"}};
  for (const auto& [id, name] : ends) EXPECT_EQ(info(id).id, name);
}

TEST(Catalogue, GroupsStandInTheOrderOfTheRows) {
  std::vector<std::string_view> listed, met;
  for (const Group& group : groups()) listed.push_back(group.letters);
  for (const CheckInfo& row : catalogue()) {
    if (met.empty() || met.back() != row.id.substr(0, 2)) met.push_back(row.id.substr(0, 2));
  }
  EXPECT_EQ(met, listed);
}

TEST(Catalogue, EveryRowSaysEverything) {
  for (const CheckInfo& row : catalogue()) {
    for (const std::string_view text : {row.title, row.expected, row.clause, row.example, row.filter, row.fix}) {
      EXPECT_FALSE(text.empty()) << row.id;
    }
    EXPECT_LE(row.title.size(), 100u) << row.id;  // a line of the list
    EXPECT_EQ(row.filter.find('\''), std::string_view::npos) << row.id << ": it is shown between single quotes";
    EXPECT_NE(row.fix.back(), ' ') << row.id;
  }
}

TEST(Catalogue, JudgedAreTheRowsThatAwaitNothing) {
  for (const CheckInfo& row : catalogue()) {
    const bool listed = std::ranges::any_of(judged_checks(), [&](Id id) { return info(id).id == row.id; });
    EXPECT_EQ(listed, row.judged()) << row.id;
  }
}

}  // namespace
}  // namespace testigo::check
