"""A client that is not ours talks to the sandbox: taobaopy, as its users call it.

Run by `cargo xtask foreign`, which installs taobaopy, starts the sandbox and gives its URL as the only argument. The client
sends local time as the timestamp, so the zone has to be the platform's.
"""

import hashlib
import json
import os
import sys
import tempfile
import urllib.request

from taobaopy.taobao import TaoBaoAPIClient, TaoBaoAPIError

URL = sys.argv[1]
APP_KEY, APP_SECRET, SESSION = "12345678", "sandbox-secret", "sandbox-session"
# Ids of the sandbox's shop: see its README.
FIRST_ITEM, ITEM_WITH_SKUS = 520000000001, 520000000002
PAID_TRADE, OPEN_REFUND = 2600000000000001000, 131000000000000701


def client(secret=APP_SECRET, session=SESSION):
    made = TaoBaoAPIClient(APP_KEY, secret, domain=URL)
    if session:
        made.set_access_token(session)
    return made


def sandbox(page):
    """What one of the sandbox's own pages shows."""
    # Straight to the loopback, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(URL + "/_sandbox/" + page, timeout=10) as answer:
        return json.load(answer)


def equal(got, expected):
    if got != expected:
        raise AssertionError("expected %r, got %r" % (expected, got))


def refused(call, code):
    """The error of a call that must not succeed."""
    try:
        answer = call()
    except TaoBaoAPIError as error:
        equal(error.code, code)
        return error
    raise AssertionError("not refused: %r" % (answer,))


def time_get():
    time = client(session=None).time_get()["time_get_response"]["time"]
    equal(len(time), len("2026-01-05 10:00:00"))


def items_onsale_get():
    answer = client().items_onsale_get(fields="num_iid,title,price", page_size=3)["items_onsale_get_response"]
    items = answer["items"]["item"]
    equal(len(items), 3)
    equal(sorted(items[0]), ["num_iid", "price", "title"])


def item_seller_get():
    answer = client().item_seller_get(fields="num_iid,skus.sku_id,skus.price", num_iid=ITEM_WITH_SKUS)
    item = answer["item_seller_get_response"]["item"]
    equal(item["num_iid"], ITEM_WITH_SKUS)
    equal(len(item["skus"]["sku"]), 4)


def trades_sold_get():
    answer = client().trades_sold_get(fields="tid,status,payment", status="WAIT_SELLER_SEND_GOODS", use_has_next=True)
    trades = answer["trades_sold_get_response"]["trades"]["trade"]
    equal({trade["status"] for trade in trades}, {"WAIT_SELLER_SEND_GOODS"})
    equal(PAID_TRADE in [trade["tid"] for trade in trades], True)


def trade_memo_update():
    memo = "礼盒包装 + 贺卡 & 100% 😀"
    answer = client().trade_memo_update(tid=PAID_TRADE, memo=memo, flag=3)
    equal(answer["trade_memo_update_response"]["trade"]["tid"], PAID_TRADE)
    read = client().trade_fullinfo_get(fields="tid,seller_memo,seller_flag", tid=PAID_TRADE)
    trade = read["trade_fullinfo_get_response"]["trade"]
    equal((trade["seller_memo"], trade["seller_flag"]), (memo, 3))


def refund_message_add():
    # Everything that a body parser may stumble over, and every byte.
    picture = b"\x89PNG\r\n\x1a\n--\r\n--boundary--\r\n\r\n" + bytes(range(256)) * 3
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "parcel.png"), "w+b") as file:
            file.write(picture)
            file.flush()
            answer = client().refund_message_add(refund_id=OPEN_REFUND, content="已收到退货", image=file)
    equal(answer["refund_message_add_response"]["refund_message"]["id"] > 0, True)
    equal(sandbox("requests")[-1]["files"], [["image", "parcel.png", len(picture)]])
    message = sandbox("snapshot")["world"]["refunds"][str(OPEN_REFUND)]["messages"][-1]
    equal(message["content"], "已收到退货")
    equal(message["picture_digests"], [hashlib.sha256(picture).hexdigest().upper()])


def no_session():
    error = refused(lambda: client(session=None).trades_sold_get(fields="tid"), 26)
    equal(bool(error.request_id), True)


def business_error():
    error = refused(lambda: client().item_seller_get(fields="num_iid", num_iid=1), 15)
    equal(error.sub_code.startswith("isv."), True)


def wrong_secret():
    error = refused(lambda: client(secret="sandbox-secre").time_get(), 25)
    # The caller is told why, and the sandbox's page says it in full, without anything secret.
    why = sandbox("requests")[-1]["signature"]
    equal("secret" in why["cause"], True)
    equal(why["received"] != why["expected"], True)
    equal(why["signed_text"].startswith("app_key" + APP_KEY + "formatjson"), True)
    equal("secret" in error.sub_msg, True)
    for shown in (str(error), json.dumps(why)):
        equal(APP_SECRET in shown or SESSION in shown, False)


TESTS = [
    time_get,
    items_onsale_get,
    item_seller_get,
    trades_sold_get,
    trade_memo_update,
    refund_message_add,
    no_session,
    business_error,
    wrong_secret,
]


def main():
    failed = 0
    for test in TESTS:
        try:
            test()
            print("ok      " + test.__name__)
        except Exception as error:  # Whatever goes wrong in one is no reason to leave out the others.
            failed += 1
            print("FAILED  %s: %s: %s" % (test.__name__, type(error).__name__, error))
    print("%d passed, %d failed" % (len(TESTS) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
