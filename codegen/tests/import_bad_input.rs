//! Metadata that is broken, huge or hostile: a clear error that names file and place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

use topsdk_codegen::import::read::read;

/// The error of reading a file.
fn error(name: &str, bytes: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("fruit")).unwrap();
    let path = dir.path().join("fruit").join(name);
    fs::write(&path, bytes).unwrap();
    let error = read(&[&path], &mut |_| {}).expect_err(name).to_string();
    let folder = dir.path().display().to_string();
    error.strip_prefix(&folder).unwrap_or(&error).replace('\\', "/")
}

fn page(more: &str) -> String {
    format!(r#"{{"name":"fruit.apple.get","id":1,"responseParams":[{{"name":"a","type":"String"}}]{more}}}"#)
}

fn xml(param: &str) -> String {
    format!(
        "<metadata>\n<structs/>\n<apis><api><name>fruit.apple.get</name><response>\n<param>{param}</param></response></api></apis></metadata>"
    )
}

#[test]
fn faults_have_a_file_and_a_place() {
    let long = "x".repeat(10 << 20);
    let deep = format!("{}{}", r#"{"requestParams":[{"name":"a","subParams":["#, "[".repeat(500));
    let nested = format!(
        r#"{{"name":"fruit.apple.get","requestParams":{}{}}}"#,
        r#"[{"name":"a","type":"S","subParams":"#.repeat(40) + "[]",
        "}]".repeat(40)
    );
    let bomb =
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;\">]>\n<metadata>&b;</metadata>";
    let elements = format!("<metadata>{}", "<a>".repeat(100_000));
    // (file, content, what the error says)
    let table: Vec<(&str, String, &str)> = vec![
        ("a.json", String::new(), "/fruit/a.json: neither JSON nor XML"),
        ("a.json", "hello".to_owned(), "/fruit/a.json: neither JSON nor XML"),
        ("a.json", page("").replace("]}", ""), "/fruit/a.json: line 1, column 79: not JSON: EOF while parsing"),
        ("a.json", "{\"name\":\n \"a\" 1}".to_owned(), "/fruit/a.json: line 2, column 6: not JSON"),
        ("a.json", "[1, 2]".to_owned(), "/fruit/a.json: neither a method's page nor a list of groups"),
        ("a.json", "{}".to_owned(), "/fruit/a.json: neither a method's page nor a list of groups"),
        (
            "a.json",
            page("").replace("fruit.apple.get", "../../etc/x.y"),
            "/fruit/a.json: name: `../../etc/x.y` is not the name of a method",
        ),
        (
            "a.json",
            page("").replace("fruit.apple.get", "fruit"),
            "/fruit/a.json: name: `fruit` is not the name of a method",
        ),
        (
            "a.json",
            page("").replace("\"name\":\"a\"", "\"name\":7"),
            "/fruit/a.json: responseParams[0].name: not a text",
        ),
        ("a.json", page("").replace("\"name\":\"a\",", ""), "/fruit/a.json: responseParams[0].name: is missing"),
        (
            "a.json",
            page("").replace("\"String\"", "\"String\",\"maxLength\":1.5"),
            "/fruit/a.json: responseParams[0].maxLength: not a whole number",
        ),
        (
            "a.json",
            page("").replace("\"String\"", "\"String\",\"required\":\"no\""),
            "/fruit/a.json: responseParams[0].required: not true or false",
        ),
        ("a.json", page(r#","requestParams":{}"#), "/fruit/a.json: requestParams: not a list"),
        ("a.json", page(r#","requestParams":[3]"#), "/fruit/a.json: requestParams[0]: not a parameter"),
        (
            "a.json",
            page("").replace("\"String\"", &format!("\"{long}\"")),
            "/fruit/a.json: responseParams[0].type: 10485760 bytes long, at most 256",
        ),
        ("a.json", page(&format!(",\"description\":\"{long}\"")), "/fruit/a.json: description: 10485760 bytes long"),
        (
            "a.json",
            page("").replace("\"a\"", "\"a\\u0000\""),
            "/fruit/a.json: responseParams[0].name: holds a control character",
        ),
        ("a.json", deep, "not JSON: recursion limit exceeded"),
        ("a.json", nested, "structures inside each other"),
        ("a.json", "[{\"pkg\":\"fruit\"}]".to_owned(), "/fruit/a.json: no method in it"),
        ("a.xml", "<metadata><apis>".to_owned(), "/fruit/a.xml: line 1, column 11: cut off inside <apis>"),
        ("a.xml", "<metadata></apis>".to_owned(), "/fruit/a.xml: line 1, column 11: not XML"),
        ("a.xml", "<a/>".to_owned(), "/fruit/a.xml: line 1, column 1: the root is <a>, not <metadata>"),
        ("a.xml", "<metadata/><metadata/>".to_owned(), "no method in it"),
        ("a.xml", bomb.to_owned(), "/fruit/a.xml: line 1, column 1: a document type: entities are not expanded"),
        (
            "a.xml",
            "<metadata>&b;</metadata>".to_owned(),
            "/fruit/a.xml: line 1, column 11: an entity that XML does not define",
        ),
        ("a.json", format!("{{{}}}", " ".repeat(16 << 20)), "/fruit/a.json: a page larger than 16 MB"),
        ("a.xml", format!("<{long}/>"), "x…>, not <metadata>"),
        ("a.xml", format!("<{long}>"), "line 1, column 1: cut off inside <xxx"),
        ("a.xml", format!("<{long}></a>"), "x…>`, but `</a>` was found"),
        ("a.xml", format!("<a></{long}>"), "but `</xxx"),
        ("a.xml", format!("</{long}>"), "x…>` does not match any open tag"),
        ("a.xml", format!("<metadata><structs><{long}/></structs></metadata>"), "x…> without <name>"),
        ("a.xml", elements, "elements inside each other"),
        ("a.xml", xml("<type>String</type>"), "/fruit/a.xml: line 4, column 1: <param> without <name>"),
        (
            "a.xml",
            xml("<name>a</name><max_value>x</max_value>"),
            "/fruit/a.xml: line 4, column 22: <max_value> is not a whole number",
        ),
        ("a.xml", xml("<name>a</name>").replace("fruit.apple.get", "../x.y"), "`../x.y` is not the name of a method"),
        ("a.xml", multiplying(), "write out to more than 100000 parameters"),
    ];
    for (name, text, expected) in table {
        let error = error(name, text.as_bytes());
        assert!(
            error.contains(expected) && error.len() < 600,
            "{}\nis not\n{expected}",
            error.chars().take(500).collect::<String>()
        );
    }
    assert!(error("a.json", b"{\"name\": \"\xff\"}").contains("byte 10: neither an archive nor UTF-8 text"));
}

#[test]
fn notes_cut_names() {
    let long = "x".repeat(10 << 20);
    let files = [("a.json", page(&format!(",\"{long}\":1"))), ("a.xml", xml(&format!("<name>a</name><{long}/>")))];
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        let notes = read(&[&path], &mut |_| {}).unwrap().notes;
        let [note] = &notes[..] else { panic!("{name}: {} notes", notes.len()) };
        assert!(note.contains("not understood: ") && note.contains("xxx…") && note.len() < 600, "{name}");
    }
}

/// Structures that each hold the next one four times: a few lines that write out to millions.
fn multiplying() -> String {
    let mut text = "<metadata><structs>".to_owned();
    for i in 0..12 {
        let prop = |j: usize| format!("<prop><name>p{j}</name><type>S{}</type><level>Object</level></prop>", i + 1);
        text += &format!("<struct><name>S{i}</name><props>{}</props></struct>", (0..4).map(prop).collect::<String>());
    }
    text + "</structs><apis><api><name>fruit.apple.get</name><response><param><name>a</name><type>S0</type></param></response></api></apis></metadata>"
}

/// A tar archive of one file whose path is written as it is.
fn tar(path: &str, text: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    let mut archive = tar::Builder::new(Vec::new());
    archive.append(&header, text).unwrap();
    archive.into_inner().unwrap()
}

#[test]
fn archives() {
    let good = tar("fruit/a.json", page("").as_bytes());
    let dir = tempfile::tempdir().unwrap();
    // The content tells, not the name.
    let path = dir.path().join("catalogue");
    fs::write(&path, &good).unwrap();
    let methods = read(&[&path], &mut |_| {}).unwrap().methods;
    assert_eq!(methods["fruit.apple.get"].group.as_deref(), Some("fruit"));

    let table: Vec<(Vec<u8>, &str)> = vec![
        (tar("../a.json", b"{}"), "../a.json: the path leads out of the archive"),
        (tar("/etc/a.json", b"{}"), "/etc/a.json: the path leads out of the archive"),
        (tar("fruit/../../a.json", b"{}"), "the path leads out of the archive"),
        (tar("fruit/a.txt", b"{}"), "the archive holds no .json or .xml file"),
        (tar("fruit/a.json", b"{"), "a.tar: fruit/a.json: line 1, column 1: not JSON"),
        (good[..700].to_vec(), "a.tar"),
        (b"\xfd7zXZ\0\0\x04 and no more".to_vec(), "a.tar: the archive cannot be unpacked"),
    ];
    for (bytes, expected) in table {
        let error = error("a.tar", &bytes);
        assert!(error.contains(expected), "{error}\nis not\n{expected}");
    }
    assert!(read(&[Path::new("nowhere.json")], &mut |_| {}).is_err());
}

#[test]
fn what_is_not_understood_is_told() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.json"), page(r#","colour":"red""#)).unwrap();
    fs::write(dir.path().join("b.json"), page("")).unwrap();
    let catalogue = read(&[dir.path()], &mut |_| {}).unwrap();
    let notes = catalogue.notes.join("\n");
    assert!(
        notes.contains("a.json: not understood: colour") && notes.contains("fruit.apple.get is described in"),
        "{notes}"
    );
}
