//! Tables that commands measure and write into a guide and into its translation.

use std::fs;

use crate::root;

/// The table of failures of `docs/reliability.md`.
pub(crate) const FAULTS: Table = Table {
    page: "docs/reliability.md",
    translation: "docs/reliability.zh-CN.md",
    markers: ("<!-- faults -->\n", "<!-- end of faults -->"),
    chinese: &[
        (
            "| fault | strikes | read | idempotent | write | attempts per call: read | idempotent | write | extra load | duplicated writes |",
            "| 故障 | 发生率 | 读 | 幂等 | 写 | 每次调用的尝试：读 | 幂等 | 写 | 多出的负载 | 重复的写 |",
        ),
        ("| answer later than the limit |", "| 应答晚于时限 |"),
        ("| connection reset |", "| 连接被重置 |"),
        ("| code 7, ban of 2 s |", "| code 7，封禁 2 秒 |"),
        ("| truncated answer |", "| 应答被截断 |"),
        ("| clock jumps by 3 h |", "| 时钟跳 3 小时 |"),
        ("| answer without its end |", "| 应答没有结尾 |"),
        (" calls a cell, ", " 次调用一格，共 "),
        (" attempts in all. Duplicated writes: ", " 次尝试。重复的写："),
        (". Writes whose outcome was told wrongly: ", "；结果被说错的写："),
        (".\n", "。\n"),
    ],
};

/// The table of the soak, there.
pub(crate) const SOAK: Table = Table {
    page: "docs/reliability.md",
    translation: "docs/reliability.zh-CN.md",
    markers: ("<!-- soak -->\n", "<!-- end of soak -->"),
    chinese: &[
        (
            "| calls | made | as they had to end | nobody can know | otherwise | attempts per call |",
            "| 调用 | 次数 | 按应有的方式结束 | 无从得知 | 其它 | 每次调用的尝试 |",
        ),
        ("| reads |", "| 读 |"),
        ("| by name, raw |", "| 按名字，原始应答 |"),
        ("| idempotent |", "| 幂等 |"),
        ("| writes |", "| 写 |"),
        ("| refused on purpose |", "| 有意被拒绝 |"),
        ("| writes by the queue |", "| 队列的写 |"),
        ("| cancelled by the caller |", "| 被调用者取消 |"),
        (
            " requests at the gateway; layers: retries, rate limits, cache, coalescing, service levels, queue on SQLite.",
            " 次请求到达网关；各层：重试、限流、缓存、合并、服务水平、SQLite 上的队列。",
        ),
        (" s, ", " 秒，"),
        ("| success of what can succeed |", "| 能成功的里面成功的 |"),
        ("| writes applied, twice, told wrongly |", "| 生效的写、重复的、说错的 |"),
        ("| answered from the cache |", "| 由缓存回答 |"),
        ("| memory |", "| 内存 |"),
        (" MB in the first quarter, ", " MB（前四分之一），"),
        (" MB in the last (medians, after warming up) |", " MB（后四分之一）；预热之后的中位数 |"),
        ("| tasks before, with idle connections, after |", "| 之前、连接空闲时、之后的任务 |"),
    ],
};

/// The table of processes that share a limit, of `docs/rate-limits.md`.
pub(crate) const LIMITS: Table = Table {
    page: "docs/rate-limits.md",
    translation: "docs/rate-limits.zh-CN.md",
    markers: ("<!-- limits -->\n", "<!-- end of limits -->"),
    chinese: &[
        ("Redis killed, started again", "Redis 被杀掉再启动"),
        ("Redis stays", "Redis 一直在"),
        (" processes, ", " 个进程，每分钟 "),
        (" calls a minute with bursts of ", " 次、突发 "),
        (", ", "，每轮 "),
        (" s each:", " 秒："),
        ("| run | when unreachable | calls |", "| 这一轮 | 连不上时 | 调用次数 |"),
        ("| most in ", "| "),
        (" s |", " 秒内最多 |"),
        ("| allowed | over |", "| 允许 | 超出 |"),
    ],
};

/// Where a measured table stands, and what its words are in Chinese.
pub(crate) struct Table {
    page: &'static str,
    translation: &'static str,
    /// What it stands between, on both pages.
    markers: (&'static str, &'static str),
    /// In the order in which they are replaced.
    chinese: &'static [(&'static str, &'static str)],
}

impl Table {
    /// Writes it into both pages, and says so.
    pub(crate) fn write(&self, table: &str) -> Result<String, String> {
        let stale = self.stale(table)?;
        for (page, new) in &stale {
            fs::write(root().join(page), new).map_err(|e| format!("{page}: {e}"))?;
        }
        let pages = stale.iter().map(|(page, _)| *page).collect::<Vec<_>>();
        Ok(match &pages[..] {
            [] => format!("{} is up to date", self.page),
            pages => format!("written: {}", pages.join(", ")),
        })
    }

    /// Fails if a page has another one.
    pub(crate) fn check(&self, table: &str) -> Result<String, String> {
        match self.stale(table)?.first() {
            None => Ok(format!("{} is up to date", self.page)),
            Some((page, _)) => Err(format!("{page} is stale")),
        }
    }

    /// The pages that have another one, as they ought to be.
    fn stale(&self, table: &str) -> Result<Vec<(&'static str, String)>, String> {
        let mut stale = Vec::new();
        for (page, table) in [(self.page, table), (self.translation, &self.translate(table))] {
            let old = fs::read_to_string(root().join(page)).map_err(|e| format!("{page}: {e}"))?;
            let new = between(&old, self.markers, table)
                .ok_or_else(|| format!("{page} has no `{}`", self.markers.0.trim_end()))?;
            if new != old {
                stale.push((page, new));
            }
        }
        Ok(stale)
    }

    fn translate(&self, table: &str) -> String {
        self.chinese.iter().fold(table.to_owned(), |table, (english, chinese)| table.replace(english, chinese))
    }
}

/// The page with another text between two markers.
fn between(page: &str, (start, end): (&str, &str), text: &str) -> Option<String> {
    let (before, rest) = page.split_once(start)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, start, text, end, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let page = "a\n<!-- faults -->\nold\n<!-- end of faults -->\nb\n";
        assert_eq!(between(page, FAULTS.markers, "new\n").unwrap(), page.replace("old", "new"));
        assert_eq!(between("a\n<!-- faults -->\nno end", FAULTS.markers, "new"), None);
        assert_eq!(between("a", FAULTS.markers, "new"), None);
    }

    #[test]
    fn translations_have_the_same_tables_in_chinese() {
        for table in [FAULTS, SOAK, LIMITS] {
            let page = fs::read_to_string(root().join(table.page)).unwrap();
            let (_, rest) = page.split_once(table.markers.0).unwrap();
            let english = rest.split_once(table.markers.1).unwrap().0;
            assert_eq!(table.check(english), Ok(format!("{} is up to date", table.page)));
            for (english_words, _) in table.chinese {
                assert!(english.contains(english_words), "not in the table of {}: {english_words}", table.page);
            }
        }
    }
}
