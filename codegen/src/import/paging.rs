//! How a list comes in pages, guessed from names, and from what the metadata tells of the number of the first page.
//!
//! A wrong guess loses rows without a word, so nothing is guessed where two readings are possible: one parameter names the page, one
//! its size, one list is in the answer, and the first page is told.

use crate::model::{At, Effect, PageBy, Paging, Scalar, Span};

use super::facts::Param;
use super::rules::{Kind, Lowered, Member};

const PAGE: [&str; 8] =
    ["pageno", "page", "currentpage", "pageindex", "pagenum", "pagenumber", "curpage", "currentpageno"];
const SIZE: [&str; 1] = ["pagesize"];
/// A bare `total` may as well be that of the page, or a sum.
const TOTAL: [&str; 8] =
    ["totalresults", "totalresult", "totalcount", "totalnum", "totalrecord", "totalrecords", "totalitem", "totalitems"];
const HAS_NEXT: [&str; 2] = ["hasnext", "hasnextpage"];
/// Structures inside each other in which the list is looked for.
const MAX_DEPTH: usize = 3;
/// A size that is no limit.
const MAX_SIZE: i64 = 10_000;

/// The number of the first page, if a parameter names a page and its description or its minimum tells.
#[must_use]
pub fn first_page(param: &Param) -> Option<u64> {
    if !is(&param.name, &PAGE) {
        return None;
    }
    let doc: String = param.doc.as_deref().unwrap_or_default().split_whitespace().collect::<String>().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| has_number(&doc, word));
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
        "from1",
        "startsat1",
    ]) || param.limits.min == Some(1);
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
        !rest.starts_with(digit) && !(words.starts_with(digit) && before.ends_with(digit))
    })
}

/// How the answers make one list; none where it is not certain that they do.
#[must_use]
pub fn guess(effect: Effect, params: &[Param], lowered: &Lowered) -> Option<Paging> {
    if effect != Effect::Read {
        return None;
    }
    let page = only(&lowered.request, &PAGE, is_number)?;
    let first = params.iter().find(|param| param.name == page.name)?.first_page?;
    let size = only(&lowered.request, &SIZE, is_number)?;
    let (path, list) = list(&lowered.response)?;
    if matches!(list.kind, Kind::Scalar(Scalar::Bytes)) {
        return None;
    }
    let has_next = told(&lowered.response, &path, &HAS_NEXT, is_flag);
    let use_has_next = lowered.request.iter().find(|member| is(&member.name, &["usehasnext"]) && is_flag(member));
    let max_size = size.limits.max.filter(|max| (1..=MAX_SIZE).contains(max)).and_then(|max| u64::try_from(max).ok());
    Some(Paging {
        span: Span::default(),
        by: PageBy::Number { parameter: at(&page.name), first },
        size: Some(at(&size.name)),
        max_size,
        total: told(&lowered.response, &path, &TOTAL, is_number).map(|path| at(&path)),
        use_has_next: use_has_next.filter(|_| has_next.is_some()).map(|member| at(&member.name)),
        has_next: has_next.map(|path| at(&path)),
        items: at(&path.join(".")),
        key: Vec::new(),
        window: None,
    })
}

/// Whether a name is one of these, however its words are joined.
fn is(name: &str, words: &[&str]) -> bool {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect();
    words.contains(&name.as_str())
}

fn is_number(member: &Member) -> bool {
    !member.list && matches!(member.kind, Kind::Scalar(Scalar::I64 | Scalar::String))
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

/// The path of the field with one of these names beside the list, or beside a structure that holds it.
fn told(response: &[Member], list: &[String], words: &[&str], fits: fn(&Member) -> bool) -> Option<String> {
    let mut members = response;
    let mut found: Vec<String> = Vec::new();
    for depth in 0..list.len() {
        let here = members.iter().filter(|member| is(&member.name, words) && fits(member));
        found.extend(here.map(|member| {
            list.iter().take(depth).chain([&member.name]).map(String::as_str).collect::<Vec<_>>().join(".")
        }));
        let Some(Member { kind: Kind::Struct { members: inner, .. }, .. }) =
            members.iter().find(|member| Some(&member.name) == list.get(depth))
        else {
            break;
        };
        members = inner;
    }
    if found.len() == 1 { found.pop() } else { None }
}

fn at(name: &str) -> At<String> {
    At { value: name.to_owned(), span: Span::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_pages() {
        let table = [
            ("page_no", "页码，从1开始", None, Some(1)),
            ("pageNo", "第几页, 从 0 开始", None, Some(0)),
            ("page_index", "分页参数，当前页，以0开始", None, Some(0)),
            ("current_page", "当前页", Some(1), Some(1)),
            ("current_page", "当前页", Some(0), None),
            ("current_page", "当前页", None, None),
            ("page", "取值范围:大于零的整数;默认值为1", None, Some(1)),
            ("page", "默认10", None, None),
            ("page_no", "从1开始,也可从0开始", None, None),
            ("page_no", "page number, starts from 1", None, Some(1)),
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

    #[test]
    fn lists() {
        let number = |name: &str| member(name, Kind::Scalar(Scalar::I64), false);
        let flag = |name: &str| member(name, Kind::Scalar(Scalar::Bool), false);
        let rows = |name: &str| of(name, vec![number("id")], true);
        let paged = || vec![number("pageNo"), number("pageSize")];
        let table: Vec<(&str, Vec<Member>, Vec<Member>, Option<&str>)> = vec![
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
            ("no size", vec![number("pageNo")], vec![rows("rows")], None),
            ("two pages", [paged(), vec![number("current_page")]].concat(), vec![rows("rows")], None),
        ];
        for (what, request, response, expected) in table {
            let params = [Param { name: "pageNo".to_owned(), first_page: Some(1), ..Param::default() }];
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
