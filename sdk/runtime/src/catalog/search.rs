//! Search by words, in any order: in names, summaries and titles of domains, in English and Chinese.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::catalog::index::{INDEX, terms};
use crate::catalog::{Method, words};
use crate::model::Effect;
use crate::nearest::nearest;

/// A method that was found.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    method: &'static Method,
    score: u32,
}

impl Hit {
    /// The method.
    #[must_use]
    pub fn method(self) -> &'static Method {
        self.method
    }

    /// How well it fits: only to be compared with other hits of the same search.
    #[must_use]
    pub fn score(self) -> u32 {
        self.score
    }
}

/// The methods that fit these words best, the best first: at most `limit`.
///
/// Words may stand in any order, be beginnings or parts of words, and be Chinese. A hit fits all words; where no method does, the
/// hits fit as many as possible. A word that is nowhere is taken for the nearest one that is. Without words nothing is found.
#[must_use]
pub fn search(words: &str, limit: usize) -> Vec<Hit> {
    among(&|_| true, words, limit)
}

/// The same among the methods that `is_asked` takes.
pub(super) fn among(is_asked: &dyn Fn(&Method) -> bool, words: &str, limit: usize) -> Vec<Hit> {
    let mut found = vec![Found::default(); INDEX.methods.len()];
    let wanted = TABLE.wanted(words);
    for (bit, fits) in wanted.iter().enumerate() {
        for (word, fit) in fits {
            for place in &TABLE.places[*word] {
                if let Some(found) = found.get_mut(place.method) {
                    found.add(bit, place.weight * fit / 100);
                }
            }
        }
    }
    let asked = || found.iter().zip(&INDEX.methods).filter(|(_, method)| is_asked(method));
    let most = asked().map(|(found, _)| found.words.count_ones()).max().unwrap_or_default();
    let fitting = asked().filter(|(found, _)| most > 0 && found.words.count_ones() == most);
    let mut hits: Vec<Hit> =
        fitting.map(|(found, method)| Hit { method, score: found.score + standing(method, most) }).collect();
    // The list is sorted by name, and a stable sort keeps this among equals.
    hits.sort_by_key(|hit| Reverse(hit.score));
    hits.truncate(limit);
    hits
}

/// How much a word tells, by where it stands.
const NAME: u32 = 100;
const SUMMARY: u32 = 40;
const DOMAIN: u32 = 30;

/// How well a word fits one that stands there, in percent.
const WHOLE: u32 = 100;
const PLURAL: u32 = 95;
const BEGINNING: u32 = 80;
const SAME: u32 = 60;
const PART: u32 = 50;
const TERM: u32 = 30;

/// What tells apart methods that fit the words alike: those that people have described and that more people need first, and
/// names that say little else.
fn standing(method: &Method, words: u32) -> u32 {
    let good = [
        (method.domain().is_core(), 12),
        (method.summary().is_some(), 12),
        (method.effect() == Effect::Read, 3),
        (!method.is_deprecated(), 40),
    ];
    let good: u32 = good.iter().filter(|(is, _)| *is).map(|(_, points)| points).sum();
    let parts = method.name().split(['.', '_']).count() as u32;
    good + 50 - parts.saturating_sub(words).min(10) * 5
}

/// What was found for one method.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    /// A bit for each word that fits.
    words: u64,
    score: u32,
    /// What the last of them counts.
    last: u32,
}

impl Found {
    /// A word fits; where it fits in several places the best one counts.
    fn add(&mut self, bit: usize, points: u32) {
        if self.words & (1 << bit) == 0 {
            self.words |= 1 << bit;
            self.score += points;
            self.last = points;
        } else if points > self.last {
            self.score += points - self.last;
            self.last = points;
        }
    }
}

/// Words that can be looked for at once.
const MOST_WORDS: usize = 64;

/// The words that fit one that is wanted, by number, and how well.
type Fits = Vec<(usize, u32)>;

static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

/// Every word, and where it stands.
struct Table {
    words: Vec<String>,
    /// By the word's number.
    places: Vec<Vec<Place>>,
    numbers: HashMap<String, usize>,
}

/// A method by its place in the list, and what a word of it counts.
#[derive(Debug, Clone, Copy)]
struct Place {
    method: usize,
    weight: u32,
}

impl Table {
    fn read() -> Self {
        let mut table = Self { words: Vec::new(), places: Vec::new(), numbers: HashMap::new() };
        let mut domains: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, method) in INDEX.methods.iter().enumerate() {
            table.add(method.name(), &[number], NAME);
            table.add(method.summary().unwrap_or_default(), &[number], SUMMARY);
            domains.entry(method.domain().name()).or_default().push(number);
        }
        for domain in &INDEX.domains {
            let methods = domains.remove(domain.name()).unwrap_or_default();
            for text in [domain.name(), domain.title(), domain.title_zh()] {
                table.add(text, &methods, DOMAIN);
            }
        }
        table
    }

    fn add(&mut self, text: &str, methods: &[usize], weight: u32) {
        words::split(text, |word| {
            let number = match self.numbers.get(word) {
                Some(number) => *number,
                None => {
                    self.numbers.insert(word.to_owned(), self.words.len());
                    self.words.push(word.to_owned());
                    self.places.push(Vec::new());
                    self.words.len() - 1
                }
            };
            self.places[number].extend(methods.iter().map(|&method| Place { method, weight }));
        });
    }

    /// What fits each word of a query; words that are nowhere are left out.
    fn wanted(&self, query: &str) -> Vec<Fits> {
        let mut seen = HashSet::new();
        let words = words::telling(query).into_iter().filter(|word| seen.insert(word.clone()));
        let fits = words.flat_map(|word| {
            let fits = self.fits(&word);
            if !fits.is_empty() {
                return vec![fits];
            }
            if words::is_chinese(&word) {
                // Written without spaces: its parts, of which some are none.
                return words::pairs(&word).map(|pair| self.fits(&pair)).filter(|fits| !fits.is_empty()).collect();
            }
            let near = nearest(&word, self.words.iter().map(String::as_str), 1);
            near.into_iter().map(|near| self.fits(near)).collect()
        });
        fits.take(MOST_WORDS).collect()
    }

    fn fits(&self, word: &str) -> Fits {
        let chinese = words::is_chinese(word);
        let inside = chinese || word.len() > 2;
        let singular = word.strip_suffix('s').unwrap_or(word);
        let mut fits: Fits = Vec::new();
        for (number, known) in self.words.iter().enumerate() {
            let fit = match known.find(word) {
                Some(0) if known.len() == word.len() => WHOLE,
                Some(0) if known.strip_prefix(word) == Some("s") => PLURAL,
                Some(0) => BEGINNING,
                Some(_) if inside => PART,
                _ if known == singular => PLURAL,
                _ => continue,
            };
            fits.push((number, fit));
        }
        let same = words::same(word).filter_map(|other| self.numbers.get(other));
        fits.extend(same.map(|number| (*number, SAME)));
        if chinese {
            // Names are English; the glossary tells what they mean.
            let meant = terms().iter().filter(|term| term.zh().contains(word));
            fits.extend(meant.filter_map(|term| self.numbers.get(term.name())).map(|number| (*number, TERM)));
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    fn names(words: &str, limit: usize) -> Vec<&'static str> {
        search(words, limit).iter().map(|hit| hit.method().name()).collect()
    }

    #[test]
    fn what_a_person_looks_for_comes_first() {
        for (words, first) in [
            ("taobao.trade.get", "taobao.trade.get"),
            ("trade get", "taobao.trade.get"),
            ("get trade", "taobao.trade.get"),
            ("GET Trade", "taobao.trade.get"),
            ("full trade", "taobao.trade.fullinfo.get"),
            ("sold trades", "taobao.trades.sold.get"),
            ("memo update", "taobao.trade.memo.update"),
            ("update memo trade", "taobao.trade.memo.update"),
            ("time", "taobao.time.get"),
            ("refund message add", "taobao.refund.message.add"),
            ("sku update", "taobao.item.sku.update"),
            ("offline send", "taobao.logistics.offline.send"),
            ("refnud message ad", "taobao.refund.message.add"),
            ("交易备注 修改", "taobao.trade.memo.update"),
            ("trade", "taobao.trade.get"),
            ("the latest orders of a shop", "taobao.trades.sold.increment.get"),
            ("退款查询", "taobao.refund.get"),
            ("库存更新", "taobao.item.quantity.update"),
            ("电子面单 取消", "cainiao.waybill.ii.cancel"),
        ] {
            assert_eq!(names(words, 1), [first], "{words}: {:?}", names(words, 5));
        }
    }

    #[test]
    fn the_order_of_words_does_not_matter() {
        for (one, other) in
            [("trade memo update", "update trade memo"), ("查询 退款", "退款 查询"), ("sku item", "item sku")]
        {
            assert_eq!(names(one, 20), names(other, 20));
        }
    }

    #[test]
    fn a_hit_fits_all_words_or_as_many_as_any() {
        for name in names("waybill get", usize::MAX) {
            assert!(name.contains("waybill") || catalog::get(name).unwrap().domain().name() == "waybill", "{name}");
        }
        // No method has the second word, and none is like it.
        assert_eq!(names("trade xyzzyq", 10), names("trade", 10));
        for nothing in ["", " .,", "xyzzyq", "\u{0}", "龘"] {
            assert!(search(nothing, 10).is_empty(), "{nothing:?}");
        }
        assert!(search("trade", 0).is_empty());
        let many: Vec<String> = (0..200).map(|n| format!("word{n}")).collect();
        assert!(search(&many.join(" "), 3).len() <= 3);
    }

    #[test]
    fn a_domain_is_searched_as_if_it_were_alone() {
        let trade = catalog::domain("trade").unwrap();
        let found = |words: &str| trade.search(words, usize::MAX).iter().map(|hit| hit.method()).collect::<Vec<_>>();
        // Elsewhere methods fit both words; here none does, and those that fit one are found all the same.
        assert!(
            names("memo waybill", usize::MAX).iter().all(|name| catalog::get(name).unwrap().domain().name() != "trade")
        );
        assert!(found("memo waybill").iter().any(|method| method.name() == "taobao.trade.memo.update"));
        assert!(found("memo waybill").iter().all(|method| method.domain().name() == "trade"));
        assert!(found("xyzzyq").is_empty());
        assert_eq!(trade.search("memo", 2).len(), 2);
    }

    #[test]
    fn every_method_is_found_by_its_name() {
        // Of those whose words are the same, any may come first.
        for method in catalog::methods().step_by(97) {
            let wanted = words::all(method.name());
            let found = names(method.name(), 5).iter().any(|name| words::all(name) == wanted);
            assert!(found, "{}: {:?}", method.name(), names(method.name(), 5));
        }
    }
}
