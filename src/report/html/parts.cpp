#include "report/html/parts.h"

#include "report/html/svg.h"
#include "report/html/text.h"

namespace inferometer::report::html {
namespace {

constexpr std::size_t kLongestLegend = 16;  ///< beyond that it would hide the page; each mark has its tooltip

}  // namespace

std::string figure(const Figure& figure) {
  std::string drawings;
  for (const auto& drawing : figure.drawings) drawings += "<div class=\"frame\">" + drawing + "</div>\n";
  if (figure.drawings.size() > 1) drawings = "<div class=\"multiples\">\n" + drawings + "</div>\n";
  return "<figure class=\"" + figure.layout + "\">\n<h3>" + text(figure.finding) + "</h3>\n" + drawings +
         figure.legend + "<figcaption>" + text(figure.method) + "</figcaption>\n" + figure.folded +
         "</figure>\n";
}

std::string legend(const std::vector<LegendItem>& items) {
  std::string shown = "<ul class=\"legend\">\n";
  for (const auto& item : items) {
    shown += "<li data-c=\"" + text(item.candidate) + "\">" + legend_mark(item.series) + name(item.label);
    if (!item.addition.empty()) shown += " <small>" + text(item.addition) + "</small>";
    shown += "</li>\n";
  }
  shown += "</ul>\n";
  return items.size() > kLongestLegend ? folded(std::to_string(items.size()) + " candidates", shown) : shown;
}

std::string entry(const Entry& entry) {
  switch (entry.kind) {
    case Entry::Kind::Own:
      break;
    case Entry::Kind::Name:
      return name(entry.text);
    case Entry::Kind::Code:
      return "<code>" + text(entry.text) + "</code>";
  }
  return text(entry.text);
}

std::string scrolled(const std::string& title) {
  return "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + text(title) + "\">";
}

std::string table(const Sheet& sheet) {
  std::string shown = scrolled(sheet.title) + "<table>\n";
  const bool facts = sheet.columns.front().empty();
  if (!facts) {
    shown += "<thead><tr>";
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
      const bool number = i > 0 && !sheet.rows.empty() && sheet.rows.front()[i].kind == Entry::Kind::Own;
      shown += number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">";
      shown += text(sheet.columns[i]) + "</th>";
    }
    shown += "</tr></thead>\n";
  }
  shown += "<tbody>\n";
  for (const auto& row : sheet.rows) {
    shown += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      shown +=
          i == 0 ? "<th scope=\"row\">" + entry(row[i]) + "</th>"
                 : std::string(row[i].kind == Entry::Kind::Own && !facts ? "<td class=\"number\">" : "<td>") +
                       entry(row[i]) + "</td>";
    }
    shown += "</tr>\n";
  }
  shown += "</tbody></table></div>\n";
  return sheet.note.empty() ? shown : shown + "<p class=\"note\">" + text(sheet.note) + "</p>\n";
}

std::string folded(const std::string& summary, const std::string& body) {
  return "<details><summary>" + text(summary) + "</summary>\n" + body + "</details>\n";
}

std::string folded(const Sheet& sheet) { return sheet.rows.empty() ? "" : folded(sheet.title, table(sheet)); }

}  // namespace inferometer::report::html
