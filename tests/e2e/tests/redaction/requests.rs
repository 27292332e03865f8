//! Every request that has a sensitive parameter, each of them set to a marked value.

use std::fmt::Debug;

use topsdk::logistics::{
    LogisticsDummySend, LogisticsOfflineSend, LogisticsOnlineConfirm, LogisticsOnlineSend, LogisticsOrdersDetailGet,
    LogisticsOrdersGet,
};
use topsdk::platform::{TmcUserGet, TopAuthTokenCreate, TopAuthTokenRefresh, TopSecretGet};
use topsdk::promotion::promotion_coupon_send::OuidData;
use topsdk::promotion::{PromotionBenefitActivitySend, PromotionCouponSend};
use topsdk::rate::TraderatesGet;
use topsdk::refund::{RefundMessageAdd, RefundRefuse, RefundsApplyGet, RefundsReceiveGet};
use topsdk::trade::{TradeMemoAdd, TradeMemoUpdate, TradeShippingaddressUpdate, TradesSoldGet, TradesSoldIncrementGet};
use topsdk::transport::BoxFuture;
use topsdk::{Client, Error, HttpRequest, Request, Upload, item};
use topsdk_codegen::model::{Domain, Field, Method, Scalar, Type, TypeKind};
use topsdk_codegen::naming;
use topsdk_e2e::Sample;

use super::marks::Marks;
use crate::support::spec;

/// A marked request with its type erased.
pub(super) struct Marked {
    /// The method.
    pub(super) method: &'static str,
    /// `Debug` of the request and of a call with it.
    pub(super) debug: fn(&Client, &dyn std::any::Any) -> String,
    /// What would be sent.
    pub(super) prepare: fn(&Client, &dyn std::any::Any) -> HttpRequest,
    /// Makes the call.
    pub(super) call: fn(&Client, &dyn std::any::Any) -> BoxFuture<'static, Result<String, Error>>,
    request: Box<dyn std::any::Any>,
}

impl Marked {
    fn of<R: Request + Clone + Debug>(request: R) -> Self
    where
        R::Response: Debug,
    {
        fn get<R: Request + Clone>(any: &dyn std::any::Any) -> R {
            any.downcast_ref::<R>().unwrap().clone()
        }
        Self {
            method: R::INFO.name,
            debug: |client, any| {
                let call = client.call(get::<R>(any));
                format!("{:?} {:#?} {call:?} {call:#?}", get::<R>(any), get::<R>(any))
            },
            prepare: |client, any| client.call(get::<R>(any)).prepare().unwrap(),
            call: |client, any| {
                let call = client.call(get::<R>(any));
                Box::pin(async move { call.await.map(|reply| format!("{reply:?}")) })
            },
            request: Box::new(request),
        }
    }

    /// The request, for the functions above.
    pub(super) fn request(&self) -> &dyn std::any::Any {
        &*self.request
    }
}

/// The bytes of every file.
pub(super) const FILE: &str = "zqs-file-bytes";

/// A sample request with these fields marked.
macro_rules! marked {
    ($marks:ident, $request:ty: $($field:ident),+ $(; $more:expr)?) => {{
        let mut request = <$request>::sample();
        let name = <$request>::INFO.name;
        $(request.$field = $marks.secret(format!("{name} {}", stringify!($field))).into();)+
        $(let more: fn(&mut $request, &mut Marks) = $more; more(&mut request, $marks);)?
        Marked::of(request)
    }};
}

/// The requests. [`parameters`] says whether one is forgotten.
pub(super) fn all(marks: &mut Marks) -> Vec<Marked> {
    let file = || Upload::new("zqs-file-name.png", FILE.as_bytes());
    let mut upload = item::ItemImgUpload::sample();
    upload.image = Some(file());
    let mut all = vec![
        Marked::of(upload),
        marked!(marks, item::ItemUpdate: food_security_contact, locality_life_merchant;
            |request, _| request.image = Some(Upload::new("a.png", FILE.as_bytes()))),
        marked!(marks, LogisticsDummySend: seller_ip),
        marked!(marks, LogisticsOfflineSend: seller_ip),
        marked!(marks, LogisticsOnlineConfirm: seller_ip),
        marked!(marks, LogisticsOnlineSend: seller_ip),
        marked!(marks, LogisticsOrdersDetailGet: buyer_nick, receiver_name, ouid),
        marked!(marks, LogisticsOrdersGet: buyer_nick, receiver_name, ouid),
        marked!(marks, TmcUserGet: nick),
        marked!(marks, TopAuthTokenCreate: code, uuid),
        marked!(marks, TopAuthTokenRefresh: refresh_token),
        marked!(marks, TopSecretGet: random_num),
        marked!(marks, PromotionBenefitActivitySend: nick, plat_nick, mix_receiver_id, ouid, uid; |request, marks| {
            request.receiver_id = Some(marks.number("taobao.promotion.benefit.activity.send receiver_id"));
        }),
        marked!(marks, TraderatesGet: ouid),
        marked!(marks, RefundsApplyGet: seller_nick),
        marked!(marks, RefundsReceiveGet: ouid, buyer_open_uid, buyer_nick),
        marked!(marks, TradeMemoAdd: memo),
        marked!(marks, TradeMemoUpdate: memo),
        marked!(marks, TradeShippingaddressUpdate: receiver_name, receiver_phone, receiver_mobile, receiver_address,
            receiver_zip, receiver_town),
        marked!(marks, TradesSoldGet: buyer_nick, buyer_open_id),
        marked!(marks, TradesSoldIncrementGet: buyer_nick, buyer_open_uid),
        marked!(marks, RefundMessageAdd: content; |request, _| request.image = Upload::new("a.png", FILE.as_bytes())),
        marked!(marks, RefundRefuse: refuse_message; |request, _| {
            request.refuse_proof = Some(Upload::new("a.png", FILE.as_bytes()));
        }),
    ];
    let mut coupon = PromotionCouponSend::sample();
    let name = PromotionCouponSend::INFO.name;
    coupon.buyer_nick = vec![marks.secret(format!("{name} buyer_nick")), "demo_buyer".into()];
    coupon.buyer_ids = vec![marks.secret(format!("{name} buyer_ids"))];
    let mut ouid = OuidData::default();
    ouid.ouid = Some(marks.secret(format!("{name} ouid_data.ouid")));
    coupon.ouid_data = vec![ouid];
    all.push(Marked::of(coupon));
    all
}

/// `method parameter` of every sensitive parameter in the specs, at any depth, in Rust's names.
pub(super) fn parameters() -> Vec<String> {
    let mut found = Vec::new();
    for domain in &spec().domains {
        for method in &domain.methods {
            walk(domain, method, &method.request, "", &mut Vec::new(), &mut found);
        }
    }
    found.sort();
    found
}

fn walk<'a>(
    domain: &'a Domain,
    method: &'a Method,
    fields: &'a [Field],
    path: &str,
    inside: &mut Vec<&'a str>,
    found: &mut Vec<String>,
) {
    for field in fields {
        let path = format!("{path}{}", naming::field(&field.name.value));
        if field.sensitive.is_some() {
            found.push(format!("{} {path}", method.name.value));
        } else if let Type::Named(name) = field.ty.value.innermost()
            && let Some(TypeKind::Struct(fields)) = method.type_def(domain, name).map(|def| &def.kind)
            && !inside.contains(&name.as_str())
        {
            inside.push(name);
            walk(domain, method, fields, &format!("{path}."), inside, found);
            inside.pop();
        }
    }
}

/// The methods with a file parameter.
pub(super) fn uploads() -> Vec<&'static str> {
    let has_file = |method: &&Method| method.request.iter().any(|f| f.ty.value == Type::Scalar(Scalar::Bytes));
    spec().domains.iter().flat_map(|d| &d.methods).filter(has_file).map(|m| m.name.value.as_str()).collect()
}
