//! How a list comes in pages, guessed from names, and from what the metadata tells of the number of a page.
//!
//! A wrong guess loses rows without a word, so nothing is guessed where two readings are possible. Pages have a number where one
//! parameter names the page and its description says so, another beside it names the size, and one list is in the answer. Pages have a name
//! where the answer tells the next value of a parameter. Where the first page is not told, 0 or 1, nothing is assumed: the request has to
//! say it. Only reads are read ahead.

use crate::model::{At, Effect, PageBy, Paging, Scalar, Span};

use super::facts::{FirstPage, Param};
use super::rules::{Kind, Lowered, Member};

const PAGE: [&str; 8] =
    ["pageno", "page", "currentpage", "pageindex", "pagenum", "pagenumber", "curpage", "currentpageno"];
const SIZE: [&str; 4] = ["pagesize", "perpagesize", "pagerows", "size"];
/// A bare `total` may as well be that of the page, or a sum.
const TOTAL: [&str; 8] =
    ["totalresults", "totalresult", "totalcount", "totalnum", "totalrecord", "totalrecords", "totalitem", "totalitems"];
const HAS_NEXT: [&str; 3] = ["hasnext", "hasnextpage", "hasmore"];
const SCROLL: [&str; 1] = ["scrollid"];
/// Structures inside each other in which the list is looked for.
const MAX_DEPTH: usize = 3;
/// A size that is no limit.
const MAX_SIZE: i64 = 10_000;

/// What is told of the first page, if a parameter is the number of a page by its name and its description.
#[must_use]
pub fn first_page(param: &Param) -> Option<FirstPage> {
    if !is(&param.name, &PAGE) {
        return None;
    }
    let doc: String = param.doc.as_deref().unwrap_or_default().split_whitespace().collect::<String>().to_lowercase();
    // The descriptions of a page and its size are exchanged at times.
    let is_size = ["每页", "条数", "数量", "大小", "perpage", "pagesize"].iter().any(|word| doc.contains(word));
    let is_page = [
        "当前页",
        "页码",
        "第几页",
        "页数",
        "页号",
        "起始页",
        "页序号",
        "翻页数",
        "第一页",
        "第1页",
        "分页索引",
        "分页序号",
    ]
    .iter()
    .chain(&["pageno", "pagenumber", "pageindex", "currentpage"])
    .any(|word| doc.contains(word));
    match told_first(&doc, param.limits.min) {
        Some(first) => (is_page || !is_size).then_some(FirstPage::Told(first)),
        None => (is_page && !is_size).then_some(FirstPage::Untold),
    }
}

/// The number of the first page by a description without blanks, or by the least number.
fn told_first(doc: &str, min: Option<i64>) -> Option<u64> {
    let says = |words: &[&str]| words.iter().any(|word| has_number(doc, word));
    let zero = says(&["从0", "以0", "由0", "自0", "0开始", "startfrom0", "from0", "startsat0"]);
    let one = says(&[
        "从1",
        "从第1",
        "从一",
        "从第一",
        "以1",
        "由1",
        "自1",
        "1开始",
        "一开始",
        "默认1",
        "默认为1",
        "默认是1",
        "默认值1",
        "默认值为1",
        "默认值:1",
        "默认值：1",
        "默认:1",
        "默认：1",
        "大于0",
        "大于零",
        ">0",
        ">=1",
        "大于等于1",
        "最小1",
        "最小值1",
        "最小值为1",
        "最小页数为1",
        "最小页码为1",
        "起点1",
        "开始值为1",
        "defaultpageispage1",
        "from1",
        "startsat1",
    ]) || min == Some(1);
    match (zero, one) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    }
}

/// Whether a text has these words, not followed by a further digit.
fn has_number(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let rest = text.get(at + words.len()..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let digit = |c: char| c.is_ascii_digit();
        let is_longer = rest.starts_with(digit) || (words.starts_with(digit) && before.ends_with(digit));
        !is_longer
    })
}

/// How the answers make one list; none where it is not certain that they do.
#[must_use]
pub fn guess(effect: Effect, params: &[Param], lowered: &Lowered) -> Option<Paging> {
    if effect != Effect::Read {
        return None;
    }
    let (path, list) = list(&lowered.response)?;
    if matches!(list.kind, Kind::Scalar(Scalar::Bytes)) {
        return None;
    }
    let answer = Answer { response: &lowered.response, list: &path };
    let has_next = answer.tells(&HAS_NEXT, is_flag);
    let mut pages = numbered(&lowered.request);
    let (by, size) = match (pages.pop(), pages.pop()) {
        (Some(page), None) => page.paging(params)?,
        (None, _) => scrolled(&lowered.request, &answer, has_next.is_some())?,
        _ => return None,
    };
    let use_has_next = lowered.request.iter().find(|member| is(&member.name, &["usehasnext"]) && is_flag(member));
    let max_size = size.as_ref().and_then(|(_, size)| size.limits.max).filter(|max| (1..=MAX_SIZE).contains(max));
    Some(Paging {
        span: Span::default(),
        total: answer.tells(&TOTAL, is_number).filter(|_| !matches!(by, PageBy::Scroll { .. })).map(|path| at(&path)),
        by,
        size: size.map(|(path, _)| at(&path)),
        max_size: max_size.and_then(|max| u64::try_from(max).ok()),
        use_has_next: use_has_next.filter(|_| has_next.is_some()).map(|member| at(&member.name)),
        has_next: has_next.map(|path| at(&path)),
        items: at(&path.join(".")),
        key: Vec::new(),
        window: None,
    })
}

/// A parameter that may name the page, and where it stands: in the request, or in one of its structures.
struct Named<'a> {
    outer: Option<&'a str>,
    member: &'a Member,
    beside: &'a [Member],
}

impl<'a> Named<'a> {
    /// The page and its size, with the path of that.
    fn paging(&self, params: &[Param]) -> Option<(PageBy, Option<(String, &'a Member)>)> {
        let fits = if self.outer.is_some() { is_integer } else { is_number };
        let size = only(self.beside, &SIZE, fits).filter(|_| fits(self.member))?;
        let params = match self.outer {
            Some(outer) => params.iter().find(|param| param.name == outer)?.members(),
            None => params,
        };
        let first = match params.iter().find(|param| param.name == self.member.name)?.first_page? {
            FirstPage::Told(first) => Some(first),
            FirstPage::Untold => None,
        };
        let by = PageBy::Number { parameter: at(&self.path(&self.member.name)), first };
        Some((by, Some((self.path(&size.name), size))))
    }

    fn path(&self, name: &str) -> String {
        self.outer.map_or_else(|| name.to_owned(), |outer| format!("{outer}.{name}"))
    }
}

/// All parameters that may name the page, of the request and of its structures.
fn numbered(request: &[Member]) -> Vec<Named<'_>> {
    let inner = request.iter().filter(|member| !member.list).filter_map(|member| match &member.kind {
        Kind::Struct { members, .. } => Some((Some(member.name.as_str()), members.as_slice())),
        _ => None,
    });
    let places = std::iter::once((None, request)).chain(inner);
    places
        .flat_map(|(outer, beside)| {
            let named = beside.iter().filter(|member| is(&member.name, &PAGE));
            named.map(move |member| Named { outer, member, beside })
        })
        .collect()
}

/// A parameter whose next value the answer tells: under the same name, or as `next_..` together with whether there is one.
fn scrolled<'a>(
    request: &'a [Member],
    answer: &Answer<'_>,
    has_next: bool,
) -> Option<(PageBy, Option<(String, &'a Member)>)> {
    let size = only(request, &SIZE, is_number).map(|size| (size.name.clone(), size));
    let mut ways = request.iter().filter(|member| is_number(member)).filter_map(|member| {
        let name = plain(&member.name);
        let next = match SCROLL.contains(&name.as_str()) {
            true => answer.tells(&[&name], is_number)?,
            false => answer.tells(&[&format!("next{name}")], is_number).filter(|_| has_next)?,
        };
        Some(PageBy::Scroll { parameter: at(&member.name), next: at(&next) })
    });
    let way = ways.next()?;
    ways.next().is_none().then_some((way, size))
}

/// Whether a name is one of these, however its words are joined.
fn is(name: &str, words: &[&str]) -> bool {
    words.contains(&plain(name).as_str())
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn is_number(member: &Member) -> bool {
    !member.list && matches!(member.kind, Kind::Scalar(Scalar::I64 | Scalar::String))
}

fn is_integer(member: &Member) -> bool {
    !member.list && matches!(member.kind, Kind::Scalar(Scalar::I64))
}

fn is_flag(member: &Member) -> bool {
    !member.list && matches!(member.kind, Kind::Scalar(Scalar::Bool))
}

/// The member with one of these names, if it is the only one.
fn only<'a>(members: &'a [Member], words: &[&str], fits: fn(&Member) -> bool) -> Option<&'a Member> {
    let mut named = members.iter().filter(|member| is(&member.name, words));
    let found = named.next().filter(|member| fits(member))?;
    named.next().is_none().then_some(found)
}

/// The path of the only list, and what it is.
fn list(response: &[Member]) -> Option<(Vec<String>, &Member)> {
    fn collect<'a>(members: &'a [Member], path: &[String], found: &mut Vec<(Vec<String>, &'a Member)>) {
        for member in members {
            let path: Vec<String> = path.iter().chain([&member.name]).cloned().collect();
            if member.list {
                found.push((path, member));
            } else if let Kind::Struct { members, .. } = &member.kind
                && path.len() <= MAX_DEPTH
            {
                collect(members, &path, found);
            }
        }
    }
    let mut found = Vec::new();
    collect(response, &[], &mut found);
    if found.len() == 1 { found.pop() } else { None }
}

/// An answer and the way to its list.
struct Answer<'a> {
    response: &'a [Member],
    list: &'a [String],
}

impl Answer<'_> {
    /// The path of the field with one of these names beside the list, or beside a structure that holds it.
    fn tells(&self, words: &[&str], fits: fn(&Member) -> bool) -> Option<String> {
        let mut members = self.response;
        let mut found: Vec<String> = Vec::new();
        for (depth, name) in self.list.iter().enumerate() {
            let here = members.iter().filter(|member| is(&member.name, words) && fits(member));
            found.extend(here.map(|member| {
                self.list.iter().take(depth).chain([&member.name]).map(String::as_str).collect::<Vec<_>>().join(".")
            }));
            let Some(Member { kind: Kind::Struct { members: inner, .. }, .. }) =
                members.iter().find(|member| member.name == *name)
            else {
                break;
            };
            members = inner;
        }
        if found.len() == 1 { found.pop() } else { None }
    }
}

fn at(name: &str) -> At<String> {
    At { value: name.to_owned(), span: Span::default() }
}

#[cfg(test)]
mod tests {
    use super::super::facts::Inner;
    use super::*;

    #[test]
    fn first_pages() {
        use FirstPage::{Told, Untold};
        let table = [
            ("page_no", "页码，从1开始", None, Some(Told(1))),
            ("pageNo", "第几页, 从 0 开始", None, Some(Told(0))),
            ("page_index", "分页参数，当前页，以0开始", None, Some(Told(0))),
            ("current_page", "当前页", Some(1), Some(Told(1))),
            ("current_page", "当前页", Some(0), Some(Untold)),
            ("current_page", "当前页", None, Some(Untold)),
            ("page", "取值范围:大于零的整数;默认值为1", None, Some(Told(1))),
            ("page", "默认10", None, None),
            ("page_no", "从1开始,也可从0开始", None, None),
            ("page_no", "页码，从1开始,也可从0开始", None, Some(Untold)),
            ("page_no", "page number, starts from 1", None, Some(Told(1))),
            ("page_no", "Page number", None, Some(Untold)),
            ("current_page", "最小页数为1，最大页数为1000", None, Some(Told(1))),
            ("page", "每页多少条", None, None),
            ("page_index", "每页的数量，大于0", None, None),
            ("page_no", "页码，每页20条，从1开始", None, Some(Told(1))),
            ("page_no", "页码，每页20条", None, None),
            ("page_no", "", None, None),
            ("page_size", "从1开始", None, None),
        ];
        for (name, doc, min, first) in table {
            let mut param = Param { name: name.to_owned(), doc: Some(doc.to_owned()), ..Param::default() };
            param.limits.min = min;
            assert_eq!(first_page(&param), first, "{name}: {doc}");
        }
    }

    fn member(name: &str, kind: Kind, list: bool) -> Member {
        Member { name: name.to_owned(), kind, list, required: false, limits: Default::default(), doc: None }
    }

    fn of(name: &str, members: Vec<Member>, list: bool) -> Member {
        member(name, Kind::Struct { wire: "T".to_owned(), members }, list)
    }

    /// What it is, request, response, and what is concluded.
    type Case = (&'static str, Vec<Member>, Vec<Member>, Option<&'static str>);

    #[test]
    fn lists() {
        let number = |name: &str| member(name, Kind::Scalar(Scalar::I64), false);
        let text = |name: &str| member(name, Kind::Scalar(Scalar::String), false);
        let flag = |name: &str| member(name, Kind::Scalar(Scalar::Bool), false);
        let rows = |name: &str| of(name, vec![number("id")], true);
        let paged = || vec![number("pageNo"), number("pageSize")];
        let table: Vec<Case> = vec![
            (
                "plain",
                paged(),
                vec![rows("rows"), number("total_count")],
                Some("page pageNo, size pageSize, total total_count, items rows"),
            ),
            (
                "inside",
                paged(),
                vec![of("result", vec![rows("list"), flag("hasNext"), number("total")], false), flag("success")],
                Some("page pageNo, size pageSize, has_next result.hasNext, items result.list"),
            ),
            (
                "counted outside",
                [paged(), vec![flag("use_has_next")]].concat(),
                vec![of("result", vec![of("data", vec![rows("list")], false), number("totalNum")], false)],
                Some("page pageNo, size pageSize, total result.totalNum, items result.data.list"),
            ),
            (
                "two totals",
                paged(),
                vec![rows("rows"), number("total_count"), number("totalNum")],
                Some("page pageNo, size pageSize, items rows"),
            ),
            ("two lists", paged(), vec![rows("rows"), rows("errors")], None),
            ("no list", paged(), vec![number("total_count")], None),
            (
                "a list of lists",
                paged(),
                vec![of("groups", vec![rows("rows")], true)],
                Some("page pageNo, size pageSize, items groups"),
            ),
            (
                "in a structure",
                vec![of("query", paged(), false), number("id")],
                vec![rows("rows")],
                Some("page query.pageNo, first given, size query.pageSize, items rows"),
            ),
            (
                "a text in a structure",
                vec![of("query", vec![text("pageNo"), number("pageSize")], false)],
                vec![rows("rows")],
                None,
            ),
            ("in a list", vec![of("query", paged(), true)], vec![rows("rows")], None),
            ("inside and outside", [paged(), vec![of("query", paged(), false)]].concat(), vec![rows("rows")], None),
            (
                "the size elsewhere",
                vec![number("pageNo"), of("query", vec![number("pageSize")], false)],
                vec![rows("rows")],
                None,
            ),
            (
                "a scroll id",
                vec![text("scroll_id"), number("page_size")],
                vec![of("result", vec![rows("rows"), text("scrollId"), number("total_count")], false)],
                Some("scroll scroll_id, next result.scrollId, size page_size, items result.rows"),
            ),
            (
                "the next of a place",
                vec![number("start")],
                vec![rows("rows"), number("next_start"), flag("has_more")],
                Some("scroll start, next next_start, has_next has_more, items rows"),
            ),
            (
                "the next of a place without its end",
                vec![number("start")],
                vec![rows("rows"), number("next_start")],
                None,
            ),
            ("no size", vec![number("pageNo")], vec![rows("rows")], None),
            ("two pages", [paged(), vec![number("current_page")]].concat(), vec![rows("rows")], None),
        ];
        for (what, request, response, expected) in table {
            let page = |first| Param { name: "pageNo".to_owned(), first_page: Some(first), ..Param::default() };
            let inner = Inner::Members(vec![page(FirstPage::Untold)]);
            let query = Param { name: "query".to_owned(), inner, ..Param::default() };
            let params = [page(FirstPage::Told(1)), query];
            let found = guess(Effect::Read, &params, &Lowered { request: request.clone(), response: response.clone() });
            let words = found.map(|paging| {
                let words: Vec<String> = paging.words().iter().map(|(key, value)| format!("{key} {value}")).collect();
                words.join(", ")
            });
            assert_eq!(words.as_deref(), expected, "{what}");
            assert_eq!(guess(Effect::Write, &params, &Lowered { request, response }), None);
        }
    }
}
