//! What a method does, guessed from its name.

use crate::model::Effect;

use Effect::{Idempotent, Read, Write};

/// Guesses from the verbs in a method's name. The last verb counts: `item.update.schema.get` reads. A name without one is taken
/// to write, which is never retried.
#[must_use]
pub fn guess(method: &str) -> Effect {
    let parts: Vec<String> = method.split('.').map(str::to_ascii_lowercase).collect();
    // A waybill's `get` takes a number out of the stock of numbers.
    if parts.iter().any(|part| part == "waybill") && parts.last().is_some_and(|last| last == "get") {
        return Write;
    }
    let verbs: Vec<(bool, Effect)> = parts.iter().rev().filter_map(|part| verb(part)).collect();
    match verbs.first().map(|(_, effect)| *effect) {
        // `create.download.task` is no reading, `cancel.reason.query` is.
        Some(Read) if !verbs[0].0 && verbs.iter().any(|(_, effect)| *effect != Read) => Write,
        Some(Idempotent) if parts.iter().any(|part| COUNTED.iter().any(|word| part.contains(word))) => Write,
        Some(effect) => effect,
        None if parts.last().is_some_and(|last| NOUNS.contains(&last.as_str())) => Read,
        None => Write,
    }
}

/// Whole parts and beginnings of parts that say what is done.
const VERBS: [(&str, Effect); 95] = [
    ("get", Read),
    ("gets", Read),
    ("query", Read),
    ("search", Read),
    ("find", Read),
    ("fetch", Read),
    ("count", Read),
    ("select", Read),
    ("describe", Read),
    ("download", Read),
    ("check", Read),
    ("precheck", Read),
    ("validate", Read),
    ("calculate", Read),
    ("predict", Read),
    ("suggest", Read),
    ("recommend", Read),
    ("render", Read),
    ("match", Read),
    ("judge", Read),
    ("detect", Read),
    ("recognize", Read),
    ("identify", Read),
    ("preview", Read),
    ("show", Read),
    ("view", Read),
    ("read", Read),
    ("delete", Idempotent),
    ("remove", Idempotent),
    ("update", Idempotent),
    ("modify", Idempotent),
    ("edit", Idempotent),
    ("set", Idempotent),
    ("unset", Idempotent),
    ("cancel", Idempotent),
    ("close", Idempotent),
    ("bind", Idempotent),
    ("unbind", Idempotent),
    ("enable", Idempotent),
    ("disable", Idempotent),
    ("upshelf", Idempotent),
    ("downshelf", Idempotent),
    ("add", Write),
    ("create", Write),
    ("insert", Write),
    ("save", Write),
    ("put", Write),
    ("push", Write),
    ("send", Write),
    ("resend", Write),
    ("submit", Write),
    ("commit", Write),
    ("upload", Write),
    ("import", Write),
    ("export", Write),
    ("publish", Write),
    ("apply", Write),
    ("sync", Write),
    ("synchronize", Write),
    ("report", Write),
    ("notify", Write),
    ("callback", Write),
    ("confirm", Write),
    ("register", Write),
    ("receive", Write),
    ("consign", Write),
    ("consume", Write),
    ("return", Write),
    ("refund", Write),
    ("refuse", Write),
    ("agree", Write),
    ("accept", Write),
    ("reject", Write),
    ("complete", Write),
    ("finish", Write),
    ("pay", Write),
    ("charge", Write),
    ("draw", Write),
    ("issue", Write),
    ("generate", Write),
    ("process", Write),
    ("operate", Write),
    ("verify", Write),
    ("reverse", Write),
    ("feedback", Write),
    ("change", Write),
    ("transfer", Write),
    ("adjust", Write),
    ("post", Write),
    ("write", Write),
    ("produce", Write),
    ("audit", Write),
    ("login", Write),
    ("invoke", Write),
    ("batch", Write),
];

/// Last parts that mean reading in a name without a verb.
const NOUNS: [&str; 12] = [
    "list",
    "detail",
    "details",
    "info",
    "page",
    "statistics",
    "summary",
    "status",
    "daylist",
    "rptdailylist",
    "rpthourlist",
    "token",
];

/// What is counted up and down: changing it twice may change it by twice as much.
const COUNTED: [&str; 7] = ["quantity", "inventory", "stock", "point", "balance", "coin", "account"];

/// Verbs that other words begin with: `settle`, `address`, `checkout`.
const WHOLE: [&str; 14] =
    ["set", "add", "put", "post", "pay", "show", "view", "read", "match", "check", "count", "close", "batch", "return"];

/// Verbs that mean reading whatever else the name says.
const SURE: [&str; 6] = ["get", "gets", "query", "search", "find", "count"];

/// The effect of a part that is a verb, or begins with one: `queryitems`, `batchdelete`. First: whether that is sure.
fn verb(part: &str) -> Option<(bool, Effect)> {
    let sure = |verb: &str, effect: Effect| (SURE.contains(&verb), effect);
    let exact = |text: &str| VERBS.iter().find(|(verb, _)| *verb == text).map(|(verb, effect)| sure(verb, *effect));
    let begins = |text: &str| {
        let fits = |verb: &str| !WHOLE.contains(&verb) && text.starts_with(verb);
        let longest = VERBS.iter().filter(|(verb, _)| fits(verb)).max_by_key(|(verb, _)| verb.len());
        longest.map(|(verb, effect)| sure(verb, *effect))
    };
    let inner = part.strip_prefix("batch").filter(|rest| !rest.is_empty());
    exact(part).or_else(|| inner.and_then(|rest| exact(rest).or_else(|| begins(rest)))).or_else(|| begins(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses() {
        let table = [
            ("taobao.trade.get", Read),
            ("taobao.items.onsale.get", Read),
            ("taobao.items.list", Read),
            ("taobao.crm.members.get.privy", Read),
            ("alibaba.alihouse.queryitems", Read),
            ("alibaba.x.getEntInfo", Read),
            ("alibaba.x.batchquery", Read),
            ("alibaba.order.detail", Read),
            ("tmall.item.update.schema.get", Read),
            ("tmall.nr.fulfill.cancel.reason.query", Read),
            ("alibaba.x.coupon.validate", Read),
            ("taobao.universalbp.report.async.create.download.task", Write),
            ("alibaba.icbu.product.batch.update.display", Idempotent),
            ("taobao.item.delete", Idempotent),
            ("taobao.item.update.delisting", Idempotent),
            ("taobao.item.update.listing", Idempotent),
            ("alibaba.x.batchdelete", Idempotent),
            ("taobao.crm.grade.set", Idempotent),
            ("taobao.item.quantity.update", Write),
            ("taobao.traderate.list.add", Write),
            ("alibaba.x.createactivity", Write),
            ("alibaba.settlement", Write),
            ("taobao.logistics.address", Write),
            ("cainiao.waybill.ii.get", Write),
            ("taobao.trade.memo.add", Write),
            ("taobao.trade.unheard.of", Write),
            ("alibaba.order.confirm.detail", Write),
            ("slb.aliyuncs.com.SetLoadBalancerName.2013-02-21", Write),
        ];
        for (method, expected) in table {
            assert_eq!(guess(method), expected, "{method}");
        }
    }

    #[test]
    fn no_verb_is_listed_twice() {
        for (i, (verb, _)) in VERBS.iter().enumerate() {
            assert!(VERBS[..i].iter().all(|(earlier, _)| earlier != verb), "{verb}");
        }
    }
}
