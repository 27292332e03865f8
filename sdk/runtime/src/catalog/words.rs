//! Words of names and sentences, and words that mean the same on this platform.

/// Groups of words of which any stands for the others: what people look for beside what names say.
const SAME: &[&[&str]] = &[
    &["get", "query", "search", "list", "find", "fetch", "read", "查询", "获取", "搜索", "列表"],
    &["add", "create", "new", "publish", "insert", "新增", "创建", "添加", "发布"],
    &["update", "edit", "modify", "change", "set", "更新", "修改", "编辑"],
    &["delete", "remove", "del", "删除"],
    &["cancel", "close", "取消", "关闭"],
    &["send", "ship", "deliver", "consign", "发货"],
    &["upload", "上传"],
    &["download", "export", "下载"],
    &["trade", "trades", "order", "orders", "交易", "订单"],
    &["item", "items", "goods", "product", "商品", "宝贝"],
    &["sku", "skus", "规格"],
    &["refund", "refunds", "return", "退款", "退货"],
    &["logistics", "express", "快递", "物流"],
    &["waybill", "面单", "电子面单", "运单"],
    &["inventory", "stock", "quantity", "库存"],
    &["price", "价格"],
    &["category", "categories", "cats", "类目", "分类"],
    &["picture", "image", "img", "pic", "图片"],
    &["promotion", "marketing", "ump", "营销", "促销"],
    &["coupon", "voucher", "优惠券"],
    &["rate", "traderate", "review", "评价"],
    &["invoice", "einvoice", "发票"],
    &["user", "buyer", "用户", "买家"],
    &["member", "会员"],
    &["seller", "shop", "卖家", "店铺"],
    &["warehouse", "仓库"],
    &["address", "地址"],
    &["time", "时间"],
    &["memo", "remark", "备注"],
    &["token", "session", "auth", "授权"],
    &["message", "msg", "消息"],
    &["hotel", "酒店"],
    &["ticket", "票"],
];

/// The words that mean the same as this one, itself not among them.
pub(super) fn same(word: &str) -> impl Iterator<Item = &'static str> {
    let groups = SAME.iter().filter(move |group| group.contains(&word));
    groups.flat_map(|group| group.iter().copied()).filter(move |other| *other != word)
}

/// Calls `each` with every word of a text in lower case: runs of letters and digits, split where a name changes from small to
/// capital letters; runs of Chinese characters by themselves.
pub(super) fn split(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    let mut last = Class::Other;
    for c in text.chars() {
        let class = Class::of(c);
        let joined = class == last || matches!((last, class), (Class::Upper, Class::Lower));
        if !joined && !word.is_empty() {
            each(&word);
            word.clear();
        }
        if class != Class::Other {
            word.extend(c.to_lowercase());
        }
        last = class;
    }
    if !word.is_empty() {
        each(&word);
    }
}

/// The words of a text.
pub(super) fn all(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    split(text, |word| words.push(word.to_owned()));
    words
}

/// English words that tell nothing.
const IDLE: &[&str] = &[
    "a", "all", "an", "and", "any", "by", "for", "from", "how", "i", "in", "is", "my", "of", "on", "or", "the", "to",
    "with",
];

/// The words of a query without those that tell nothing, unless there are no others.
pub(super) fn telling(query: &str) -> Vec<String> {
    let words = all(query);
    let telling: Vec<String> = words.iter().filter(|word| !IDLE.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// Whether a word is written without spaces between its parts.
pub(super) fn is_chinese(word: &str) -> bool {
    word.chars().next().is_some_and(|c| Class::of(c) == Class::Chinese)
}

/// Each two characters of a word that stand side by side.
pub(super) fn pairs(word: &str) -> impl Iterator<Item = String> {
    let chars: Vec<char> = word.chars().collect();
    (1..chars.len()).map(move |at| chars[at - 1..=at].iter().collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Chinese,
    Other,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            '\u{3400}'..='\u{9fff}' => Self::Chinese,
            _ if c.is_uppercase() => Self::Upper,
            _ if c.is_alphanumeric() => Self::Lower,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_text() {
        for (text, words) in [
            ("", vec![]),
            ("taobao.trade.get", vec!["taobao", "trade", "get"]),
            ("buyer_nick, 2nd", vec!["buyer", "nick", "2nd"]),
            ("queryOrderList", vec!["query", "order", "list"]),
            ("Trades and 订单 of a shop.", vec!["trades", "and", "订单", "of", "a", "shop"]),
            ("SKU库存", vec!["sku", "库存"]),
            ("  ..__ ", vec![]),
        ] {
            assert_eq!(all(text), words, "{text}");
        }
    }

    #[test]
    fn words_that_tell_something() {
        assert_eq!(telling("How do I get the trades of a shop?"), ["do", "get", "trades", "shop"]);
        assert_eq!(telling("all"), ["all"]);
        assert!(telling("").is_empty());
    }

    #[test]
    fn no_word_is_in_a_group_twice() {
        for group in SAME {
            for (at, word) in group.iter().enumerate() {
                assert!(!group[..at].contains(word), "{word}");
                assert_eq!(all(word), [*word], "one word in lower case");
            }
        }
        assert!(same("订单").any(|word| word == "trade") && same("trade").all(|word| word != "trade"));
        assert_eq!(same("nothing").count(), 0);
    }
}
