//! One call from request to answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use topsdk_codegen::model::{Scalar, Type};
use topsdk_codegen::naming::response_wrapper;

use crate::answer::{Answer, Outcome, banned, replaces, spoil_content, with_request_id};
use crate::args::{self, Args};
use crate::body;
use crate::catalogue::{Api, Catalogue};
use crate::check::{self, Callers, Refusal};
use crate::clock::{Clock, Time};
use crate::error::ApiError;
use crate::explain::Explanation;
use crate::fault::{Fault, What, strike};
use crate::http::{DEFAULT_SEPARATOR, Incoming, Part, parse_batch};
use crate::log::{Log, RequestRecord, masked};
use crate::random::Random;
use crate::reply::{Format, build};
use crate::sign::is_blank;
use crate::world::World;
use crate::{methods, sample};

/// Characters of a value, and parameters of a call, that the log keeps.
const MAX_LOGGED: usize = 500;

/// Everything that a sandbox is started with.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Who may call.
    pub(crate) callers: Callers,
    /// Tokens that are valid from the start.
    pub(crate) sessions: Vec<String>,
    /// Decides ids, amounts, samples and the chance of faults.
    pub(crate) seed: u64,
    /// The clock at the start.
    pub(crate) clock: Clock,
    /// Most items of a batch.
    pub(crate) max_batch_items: usize,
}

/// The gateway behind the sockets.
#[derive(Debug)]
pub(crate) struct Gateway {
    catalogue: Arc<Catalogue>,
    config: Config,
    /// The virtual clock.
    pub(crate) clock: Clock,
    /// The shop's data.
    pub(crate) world: World,
    /// Rules for faults, first match first.
    pub(crate) faults: Vec<Fault>,
    /// The last requests.
    pub(crate) log: Log,
    /// Banned methods and when their ban ends.
    bans: BTreeMap<String, Time>,
    random: Random,
}

/// A request of the router, apart from HTTP.
#[derive(Debug)]
pub(crate) struct HttpCall<'a> {
    /// `GET` or `POST`.
    pub(crate) verb: &'a str,
    /// Path.
    pub(crate) path: &'a str,
    /// Query string without `?`.
    pub(crate) query: &'a str,
    /// `Content-Type`, or empty.
    pub(crate) content_type: &'a str,
    /// `top-api-separator`, if sent.
    pub(crate) separator: Option<&'a str>,
    /// The body.
    pub(crate) body: &'a [u8],
}

/// One method call, alone or in a batch.
struct Call<'a> {
    params: &'a BTreeMap<String, String>,
    files: &'a [Part],
    in_batch: bool,
}

/// What a call comes to and what the log and the transport have to know besides.
struct Verdict {
    outcome: Outcome,
    explanation: Option<Box<Explanation>>,
    fault: Option<Fault>,
    notes: Vec<String>,
}

impl Verdict {
    fn of(outcome: Outcome) -> Self {
        Self { outcome, explanation: None, fault: None, notes: Vec::new() }
    }

    fn refused(refusal: Refusal) -> Self {
        Self { outcome: Err(refusal.error), explanation: refusal.explanation, fault: None, notes: Vec::new() }
    }
}

impl Gateway {
    /// A gateway with the data of its seed.
    pub(crate) fn new(catalogue: Arc<Catalogue>, config: Config) -> Self {
        let clock = config.clock.clone();
        let world = World::seeded(config.seed, clock.now(), &config.sessions);
        let random = Random::keyed(config.seed, "calls");
        Self { catalogue, config, clock, world, faults: Vec::new(), log: Log::default(), bans: BTreeMap::new(), random }
    }

    /// Back to the start: data, clock, faults, bans and the request log.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(Arc::clone(&self.catalogue), self.config.clone());
    }

    /// Takes back every fault rule and lifts every ban.
    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
        self.bans.clear();
    }

    /// How many methods it answers.
    pub(crate) fn method_count(&self) -> usize {
        self.catalogue.len()
    }

    /// `/router/rest`.
    pub(crate) fn rest(&mut self, http: &HttpCall<'_>) -> Answer {
        let incoming = Incoming::read(http.query, http.content_type, http.body);
        let mut params = incoming.map();
        let admitted = if matches!(http.verb, "GET" | "POST") {
            self.admit(&incoming, &params, true)
        } else {
            Err(ApiError::new(9).into())
        };
        let verdict = match admitted {
            Ok(()) => {
                if let (Some(text), Ok(api)) = (&incoming.body, self.api(&params)) {
                    for (name, value) in body::params(api, text) {
                        params.entry(name).or_insert(value);
                    }
                }
                self.run(&Call { params: &params, files: &incoming.files, in_batch: false })
            }
            Err(refusal) => Verdict::refused(refusal),
        };
        let format = Format::of(&params).unwrap_or(Format::Xml);
        let fault = verdict.fault.clone();
        let text = self.finish(http, &incoming, &params, verdict, incoming.shape.as_str());
        let mut answer = Answer::ok(format, text);
        if let Some(fault) = fault {
            let method = params.get("method").map(String::as_str).unwrap_or_default();
            answer = answer.spoil(&fault.what, format, &response_wrapper(method));
            answer.latency_ms = fault.latency_ms;
        }
        answer
    }

    /// `/router/batch`.
    pub(crate) fn batch(&mut self, http: &HttpCall<'_>) -> Answer {
        let upload = http.content_type.trim_start().to_ascii_lowercase().starts_with("multipart/");
        let incoming = Incoming::read(http.query, if upload { http.content_type } else { "text/plain" }, http.body);
        let params = incoming.map();
        let format = Format::of(&params).unwrap_or(Format::Xml);
        let separator = http.separator.filter(|s| !s.is_empty()).unwrap_or(DEFAULT_SEPARATOR);
        let admitted = if upload {
            Err(ApiError::new(43).hint("A batch takes no uploads: its body is text/plain.").into())
        } else {
            self.admit(&incoming, &params, false)
        };
        let items =
            admitted.and_then(|()| Ok(self.items(&params, separator, incoming.body.as_deref().unwrap_or_default())?));
        let items = match items {
            Ok(items) => items,
            Err(refusal) => {
                let text = self.finish(http, &incoming, &params, Verdict::refused(refusal), "batch");
                return Answer::ok(format, text);
            }
        };
        let mut spoiled: Option<(Fault, String)> = None;
        let mut pieces = Vec::with_capacity(items.len());
        for item in &items {
            let verdict = self.run(&Call { params: item, files: &[], in_batch: true });
            if let Some(fault) = &verdict.fault {
                let method = item.get("method").map(String::as_str).unwrap_or_default();
                spoiled = Some((fault.clone(), response_wrapper(method)));
            }
            pieces.push(self.finish(http, &incoming, item, verdict, "batch"));
        }
        let mut answer = Answer::ok(format, pieces.join(separator));
        if let Some((fault, wrapper)) = spoiled {
            answer = answer.spoil(&fault.what, format, &wrapper);
            answer.latency_ms = fault.latency_ms;
        }
        answer
    }

    /// The parameters of each item of a batch: its own over the shared ones over the query's.
    fn items(
        &self,
        params: &BTreeMap<String, String>,
        separator: &str,
        body: &str,
    ) -> Result<Vec<BTreeMap<String, String>>, ApiError> {
        let batch = parse_batch(separator, body)
            .map_err(|e| ApiError::new(43).hint(format!("The batch cannot be read: {e}.")))?;
        let max = self.config.max_batch_items;
        if batch.items.len() > max {
            return Err(ApiError::new(43).hint(format!("A batch takes at most {max} items.")));
        }
        let shared = || params.iter().map(|(k, v)| (k.clone(), v.clone())).chain(batch.public.iter().cloned());
        Ok(batch.items.iter().map(|item| shared().chain(item.iter().cloned()).collect()).collect())
    }

    /// Everything that is judged before the method is run.
    fn admit(&self, incoming: &Incoming, params: &BTreeMap<String, String>, single: bool) -> Result<(), Refusal> {
        check::readable(incoming)?;
        let api = if single { Some(self.api(params)?) } else { None };
        check::common(&self.config.callers, incoming, params, self.clock.now(), |name, value| shown(api, name, value))
    }

    fn api(&self, params: &BTreeMap<String, String>) -> Result<Api<'_>, ApiError> {
        let name = params.get("method").filter(|m| !is_blank(m)).ok_or_else(|| ApiError::new(21))?;
        self.catalogue.method(name).ok_or_else(|| ApiError::new(22).hint("The sandbox has no spec of this method."))
    }

    /// Session, arguments, faults, and then the method itself.
    fn run(&mut self, call: &Call<'_>) -> Verdict {
        let catalogue = Arc::clone(&self.catalogue);
        let name = call.params.get("method").map(String::as_str).unwrap_or_default();
        let Some(api) = catalogue.method(name) else {
            return Verdict::of(Err(ApiError::new(if is_blank(name) { 21 } else { 22 })));
        };
        let now = self.clock.now();
        let checked = check::session(api, &self.world, call.params.get("session").map(String::as_str), now)
            .and_then(|()| args::check(api, call.params, call.files))
            .and_then(|()| if call.in_batch { no_upload(api, call.params) } else { Ok(()) });
        let mut verdict = match checked {
            Ok(()) => self.apply(api, call, now),
            Err(error) => Verdict::of(Err(error)),
        };
        verdict.notes = args::unknown(api, call.params, call.files)
            .into_iter()
            .map(|n| format!("unknown parameter {n} was ignored"))
            .collect();
        verdict
    }

    fn apply(&mut self, api: Api<'_>, call: &Call<'_>, now: Time) -> Verdict {
        let name = api.name();
        if let Some(end) = self.bans.get(name).copied() {
            let left = end.millis().saturating_sub(now.millis()).saturating_add(999) / 1000;
            if left > 0 {
                return Verdict::of(Err(banned(left)));
            }
            self.bans.remove(name);
        }
        let args = Args { params: call.params, files: call.files, now };
        let seed = self.config.seed;
        let Some(fault) = strike(&mut self.faults, name, &mut self.random) else {
            return Verdict::of(perform(api, &mut self.world, &args, seed));
        };
        let outcome = if fault.after_effect || fault.what == What::Nothing {
            perform(api, &mut self.world, &args, seed)
        } else if replaces(&fault.what) {
            Ok(build(api, &serde_json::Map::new(), ""))
        } else {
            // The answer is needed to spoil it, its effect is not wanted.
            perform(api, &mut self.world.clone(), &args, seed)
        };
        if let What::Ban { seconds } = fault.what {
            self.bans.insert(name.to_owned(), now.plus_millis(i64::from(seconds) * 1000));
        }
        let outcome = spoil_content(outcome, &fault.what);
        Verdict { fault: Some(fault), ..Verdict::of(outcome) }
    }

    /// Writes one outcome and the log's record of it.
    fn finish(
        &mut self,
        http: &HttpCall<'_>,
        incoming: &Incoming,
        params: &BTreeMap<String, String>,
        verdict: Verdict,
        shape: &str,
    ) -> String {
        let request_id = format!("{:012x}", self.random.next() & 0xffff_ffff_ffff);
        let format = Format::of(params).unwrap_or(Format::Xml);
        let method = params.get("method").cloned().unwrap_or_default();
        let api = self.catalogue.method(&method);
        let (code, sub_code) = verdict.outcome.as_ref().err().map_or((0, None), |e| (e.code, e.sub_code.clone()));
        let mut notes = incoming.notes.clone();
        if params.get("sign_method").is_none_or(|m| is_blank(m)) {
            notes.push("sign_method is missing; md5 was assumed".into());
        }
        notes.extend(verdict.notes);
        let record = RequestRecord {
            seq: 0,
            time: self.clock.now(),
            verb: http.verb.to_owned(),
            path: http.path.to_owned(),
            shape: shape.to_owned(),
            format: format.as_str().to_owned(),
            params: params.iter().take(MAX_LOGGED).map(|(k, v)| (k.clone(), shown(api, k, v))).collect(),
            files: incoming
                .files
                .iter()
                .map(|f| (f.name.clone(), f.filename.clone().unwrap_or_default(), f.data.len()))
                .collect(),
            code,
            sub_code,
            request_id: request_id.clone(),
            notes,
            signature: verdict.explanation.map(|e| *e),
            fault: verdict.fault.map(|f| serde_json::to_string(&f.what).unwrap_or_default()),
            method,
        };
        let text = match verdict.outcome {
            Ok(node) => format.write(&response_wrapper(&record.method), &with_request_id(node, &request_id)),
            Err(error) => format.write_error(error.members(self.catalogue.error_name(error.code), &request_id)),
        };
        self.log.push(record);
        text
    }
}

/// Runs the method: its handler, or the spec's example.
fn perform(api: Api<'_>, world: &mut World, args: &Args<'_>, seed: u64) -> Outcome {
    let value = match methods::handler(api.name()) {
        Some(handler) => handler(world, args)?,
        None => sample::answer(api, args.params, seed, args.now),
    };
    Ok(build(api, &value, args.text("fields").unwrap_or_default()))
}

fn no_upload(api: Api<'_>, params: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let upload = api
        .method
        .request
        .iter()
        .find(|f| f.ty.value == Type::Scalar(Scalar::Bytes) && params.contains_key(&f.name.value));
    upload.map_or(Ok(()), |f| Err(ApiError::invalid(&f.name.value, "A batch takes no uploads.")))
}

/// A parameter's value as the log may show it.
fn shown(api: Option<Api<'_>>, name: &str, value: &str) -> String {
    let secret =
        matches!(name, "session" | "sign" | "access_token" | "refresh_token" | "code" | "secret" | "app_secret");
    let personal = api.is_some_and(|a| a.method.request.iter().any(|f| f.name.value == name && f.sensitive.is_some()));
    if secret || personal { masked(value) } else { value.chars().take(MAX_LOGGED).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answer::Payload;
    use crate::sign::{SignMethod, signed_text};

    fn gateway() -> Gateway {
        let callers = Callers { apps: [("1".to_owned(), "secret".to_owned())].into(), article_sign: false };
        let clock = Clock::frozen(Time::from_millis(1_767_578_400_000));
        let config = Config { callers, sessions: vec!["s".into()], seed: 1, clock, max_batch_items: 20 };
        Gateway::new(Catalogue::embedded(), config)
    }

    fn text(answer: Answer) -> String {
        match answer.payload {
            Payload::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn any_request_is_answered(
            query in "[a-z=&%0-9+]{0,40}|method=taobao.time.get&app_key=1",
            kind in proptest::sample::select(vec!["", "application/json", "multipart/form-data; boundary=b", "text/plain", "x/y;;=\""]),
            separator in proptest::option::of("[@N]{0,2}"),
            body in proptest::collection::vec(any::<u8>(), 0..120),
        ) {
            let mut gateway = gateway();
            for verb in ["GET", "POST", "BREW"] {
                let http = HttpCall { verb, path: "/", query: &query, content_type: kind, separator: separator.as_deref(), body: &body };
                for answer in [gateway.rest(&http), gateway.batch(&http)] {
                    prop_assert_eq!(answer.status, 200);
                    prop_assert!(text(answer).contains("error_response"));
                }
            }
        }

        #[test]
        fn any_signed_parameters_are_answered(
            method in proptest::sample::select(vec!["taobao.trades.sold.get", "taobao.item.update", "taobao.trade.fullinfo.get", "taobao.promotion.coupon.add"]),
            more in proptest::collection::btree_map("[a-z_]{1,6}|fields|tid|num_iid", ".{0,12}", 0..6),
        ) {
            let mut params = more;
            let common = [("method", method), ("app_key", "1"), ("timestamp", "1767578400000"), ("v", "2.0"), ("session", "s"), ("sign_method", "md5"), ("format", "json")];
            params.extend(common.map(|(k, v)| (k.to_owned(), v.to_owned())));
            params.remove("sign");
            let sign = SignMethod::Md5.sign(b"secret", signed_text(&params, None).as_bytes(), "");
            params.insert("sign".into(), sign);
            let encode = |t: &str| t.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
            let query: Vec<String> = params.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
            let http = HttpCall { verb: "GET", path: "/", query: &query.join("&"), content_type: "", separator: None, body: b"" };
            let answer = text(gateway().rest(&http));
            let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
            let code = json.pointer("/error_response/code").and_then(serde_json::Value::as_i64).unwrap_or(0);
            prop_assert!(matches!(code, 0 | 15 | 40 | 41), "{answer}");
        }
    }
}
