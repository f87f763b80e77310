#include "base/inert.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace testigo {
namespace {

using namespace std::string_view_literals;

TEST(Inert, LeavesPlainTextAlone) {
  EXPECT_EQ(inert(""), "");
  EXPECT_EQ(inert("/testigo.greeter.v1.Greeter/Greet ~!"), "/testigo.greeter.v1.Greeter/Greet ~!");
  EXPECT_EQ(inert("¿señor? 証人 🦉"), "¿señor? 証人 🦉");
}

TEST(Inert, EscapesControlCharacters) { EXPECT_EQ(inert("\0\x1b[31m\r\n\t\x7f"sv), "\\x00\\x1b[31m\\x0d\\x0a\\x09\\x7f"); }

TEST(Inert, OfOurTextsBackslashesAndLineBreaksStay) {
  EXPECT_EQ(inert_lines(""), "");
  EXPECT_EQ(inert_lines("\x1b[31m\nC:\\x\r\n\n\\"), "\\x1b[31m\nC:\\x\\x0d\n\n\\");
  const std::string long_text(1000, 'x');
  EXPECT_EQ(inert_lines(long_text), long_text);
  const std::string once = inert_lines("a\u202eb\xff");
  EXPECT_EQ(inert_lines(once), once);
}

TEST(Inert, CodePoints) {
  EXPECT_EQ(utf8_code_point("a"), U'a');
  EXPECT_EQ(utf8_code_point("ñ"), U'ñ');
  EXPECT_EQ(utf8_code_point("証"), U'証');
  EXPECT_EQ(utf8_code_point("🦉"), U'🦉');
}

TEST(Inert, EscapesC1) {
  EXPECT_EQ(inert("\xc2\x80\xc2\x9b\xc2\x9f"), "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f");
  EXPECT_EQ(inert("\xc2\xa0"), "\xc2\xa0");
}

TEST(Inert, EscapesWhatNobodySeesOrTurnsTheDirectionOfWriting) {
  EXPECT_EQ(inert("a\u202egpj.exe"), "a\\xe2\\x80\\xaegpj.exe");
  for (const char* mark : {"\u00ad", "\u061c", "\u180e", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u2060",
                           "\u2066", "\u2069", "\ufeff", "\ufdd0", "\ufff9", "\uffff", "\U000e0041", "\U0010ffff"}) {
    EXPECT_EQ(inert(mark).find_first_not_of("\\x0123456789abcdef"), std::string::npos) << inert(mark);
  }
  for (const char* kept : {"\u00ae", "\u061b", "\u061d", "\u200a", "\u200d", "\u2010", "\u2027", "\u202f", "\u205f", "\u2070",
                           "שלום", "👩\u200d🚀", "\ufffd"}) {
    EXPECT_EQ(inert(kept), kept);
  }
}

TEST(Inert, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(inert("\xff"
                  "a\x80"),
            "\\xffa\\x80");
  EXPECT_EQ(inert("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(inert("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(inert("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(inert("\xe2\x82"), "\\xe2\\x82");
}

TEST(Inert, DoublesTheBackslashSoThatEscapesAreNotForged) { EXPECT_EQ(inert("\\x1b"), "\\\\x1b"); }

TEST(Inert, SaysWhenItCutsTheText) {
  EXPECT_EQ(inert("abcdef", 6), "abcdef");
  EXPECT_EQ(inert("abcdef", 5), "abcde…");
  EXPECT_EQ(inert("abcdef", 0), "…");
  EXPECT_EQ(inert("", 0), "");
}

TEST(Inert, NeverShowsMoreThanAllowedNorHalfACharacter) {
  EXPECT_EQ(inert("aé", 2), "a…");
  EXPECT_EQ(inert("aé", 3), "aé");
  EXPECT_EQ(inert("🦉", 3), "…");
}

TEST(Inert, GivesPrintableUtf8ForEveryPairOfOctets) {
  for (unsigned pair = 0; pair < 65536; ++pair) {
    const char octets[] = {static_cast<char>(pair >> 8), static_cast<char>(pair & 255)};
    const std::string shown = inert({octets, 2});
    for (std::size_t at = 0; at < shown.size();) {
      const std::size_t length = utf8_length(std::string_view(shown).substr(at));
      const auto octet = static_cast<unsigned char>(shown[at]);
      ASSERT_TRUE(length > 0 && octet >= 0x20 && octet != 0x7f) << pair;
      ASSERT_FALSE(length == 2 && octet == 0xc2 && static_cast<unsigned char>(shown[at + 1]) < 0xa0) << pair;
      at += length;
    }
  }
}

TEST(Utf8Length, FollowsTheTable) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("\xc2\x80"), 2u);
  EXPECT_EQ(utf8_length("\xe0\xa0\x80"), 3u);
  EXPECT_EQ(utf8_length("\xed\x9f\xbf"), 3u);
  EXPECT_EQ(utf8_length("\xf4\x8f\xbf\xbf"), 4u);
  for (const std::string_view bad : {"\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv, "\xf0\x8f\xbf\xbf"sv,
                                     "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv}) {
    EXPECT_EQ(utf8_length(bad), 0u);
  }
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("señor", 6), "señor");
  EXPECT_EQ(shortened("señor", 5), "seño…");
  EXPECT_EQ(shortened("señor", 3), "se…") << "ñ takes two octets";
  EXPECT_EQ(shortened("señor", 0), "…");
  EXPECT_EQ(shortened("\xff\xff\xff", 2), "\xff\xff…");
}

}  // namespace
}  // namespace testigo
