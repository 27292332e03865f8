//! `ApiMetadata.xml`: structures by name, then the methods that use them.
//!
//! Several structures may have one name. Those that a method leads to stand together, inner ones first, so that a structure means
//! the nearest one before it; and the groups stand in the order of the methods, so that the first method that names `Data` means
//! the first `Data` that no other structure means.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::{ImportError, Result};
use super::facts::{Facts, Format, Inner, Param};
use super::read::{MAX_DEPTH, check_description, check_method, check_name};
use super::xml::{self, Element, Places};
use crate::text::short;

/// Most parameters of one method once its structures are written out: structures that hold each other twice over multiply.
const MAX_PARAMS: usize = 100_000;

/// What a file says, and what in it is unknown.
#[derive(Debug, Default)]
pub struct Metadata {
    /// In file order.
    pub methods: Vec<Facts>,
    /// Places that no one here understands.
    pub unknown: Vec<String>,
}

/// Reads one file.
///
/// # Errors
///
/// What is not XML, holds a document type, or is not such a file.
pub fn read(file: &str, text: &str) -> Result<Metadata> {
    let places = &Places::new(text);
    let root = xml::parse(text).map_err(|fault| ImportError::at(file, fault.place(places), fault.message))?;
    if root.name != "metadata" {
        return Err(ImportError::at(
            file,
            root.place(places),
            format!("the root is <{}>, not <metadata>: no metadata of the platform's console", short(&root.name)),
        ));
    }
    let mut reader = Reader { file, places, structs: Structs::default(), out: Metadata::default(), left: 0 };
    for part in &root.children {
        match part.name.as_str() {
            "structs" => reader.structs(part)?,
            "apis" => {}
            _ => reader.note_unknown(part),
        }
    }
    for part in root.children.iter().filter(|part| part.name == "apis") {
        for api in &part.children {
            reader.api(api)?;
        }
    }
    Ok(reader.out)
}

struct Reader<'a> {
    file: &'a str,
    places: &'a Places<'a>,
    structs: Structs<'a>,
    out: Metadata,
    /// Parameters that the method at hand may still have.
    left: usize,
}

/// The structures of a file.
#[derive(Default)]
struct Structs<'a> {
    all: Vec<&'a Element>,
    by_name: HashMap<String, Vec<usize>>,
    /// Those that others mean.
    inner: BTreeSet<usize>,
    /// By name, those that no other structure means; all where others mean each.
    outermost: BTreeMap<String, Vec<usize>>,
    /// How many parameters of methods have named each so far.
    uses: HashMap<String, usize>,
}

impl<'a> Structs<'a> {
    fn add(&mut self, name: String, element: &'a Element) {
        self.by_name.entry(name).or_default().push(self.all.len());
        self.all.push(element);
    }

    fn find_outermost(&mut self) {
        let mut inner = BTreeSet::new();
        for (index, element) in self.all.iter().enumerate() {
            let props = element.child("props").map_or(&[][..], |props| &props.children);
            let types = props.iter().filter_map(|prop| Some(prop.child("type")?.text.trim()));
            inner.extend(types.filter_map(|ty| self.inside(ty, index)).filter(|meant| *meant != index));
        }
        for (name, all) in &self.by_name {
            let outermost: Vec<usize> = all.iter().copied().filter(|index| !inner.contains(index)).collect();
            let found = if outermost.is_empty() { all.clone() } else { outermost };
            self.outermost.insert(name.clone(), found);
        }
        self.inner = inner;
    }

    /// Which structure a type means: in the structure of this index, or in a method.
    fn meant(&mut self, name: &str, around: Option<usize>) -> Option<usize> {
        if let Some(around) = around {
            return self.inside(name, around);
        }
        let outermost = self.outermost.get(name)?;
        let uses = self.uses.entry(name.to_owned()).or_default();
        let meant = outermost.get(*uses).or(outermost.last()).copied();
        *uses += 1;
        meant
    }

    /// The nearest one before, else itself or the first one after.
    fn inside(&self, name: &str, around: usize) -> Option<usize> {
        let all = self.by_name.get(name)?;
        // In the order of the file. Thousands may have one name, so that no walk over them would do.
        let before = all.partition_point(|index| *index < around);
        all.get(before.saturating_sub(1)).copied()
    }
}

impl<'a> Reader<'a> {
    fn structs(&mut self, part: &'a Element) -> Result<()> {
        for item in &part.children {
            let name = self.need(item, "name")?;
            self.structs.add(name, item);
        }
        self.structs.find_outermost();
        for (name, several) in &self.structs.outermost {
            if several.len() > 1 && !self.structs.inner.contains(&several[0]) {
                let places: Vec<String> =
                    several.iter().map(|index| self.structs.all[*index].place(self.places)).collect();
                let places = places.join(" and ");
                self.out
                    .unknown
                    .push(format!("{places}: several structures {name}, taken in the order of the methods"));
            }
        }
        Ok(())
    }

    fn api(&mut self, api: &'a Element) -> Result<()> {
        if api.name != "api" {
            self.note_unknown(api);
            return Ok(());
        }
        let name = self.need(api, "name")?;
        check_method(self.file, &api.child("name").unwrap_or(api).place(self.places), &name)?;
        self.left = MAX_PARAMS;
        let mut facts = Facts {
            name,
            format: Format::ApiMetadata,
            id: None,
            group: None,
            place: self.file.to_owned(),
            title: None,
            doc: self.words(api)?,
            request: Vec::new(),
            response: Vec::new(),
        };
        for part in &api.children {
            match part.name.as_str() {
                "name" | "desc" => {}
                "request" => facts.request = self.params(part, &mut Vec::new())?,
                "response" => facts.response = self.params(part, &mut Vec::new())?,
                _ => self.note_unknown(part),
            }
        }
        self.out.methods.push(facts);
        Ok(())
    }

    /// The parameters of a request or response, or the members of a structure. `open`: the structures around them.
    fn params(&mut self, list: &'a Element, open: &mut Vec<usize>) -> Result<Vec<Param>> {
        list.children.iter().map(|item| self.param(item, open)).collect()
    }

    fn param(&mut self, item: &'a Element, open: &mut Vec<usize>) -> Result<Param> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            self.fault(item, format!("the structures of one method write out to more than {MAX_PARAMS} parameters"))
        })?;
        let mut param = Param { name: self.need(item, "name")?, doc: self.words(item)?, ..Param::default() };
        if let Some(ty) = item.child("type").filter(|ty| !ty.text.trim().is_empty()) {
            check_name(self.file, &ty.place(self.places), &ty.text)?;
            param.set_type(ty.text.trim());
        }
        for part in &item.children {
            match part.name.as_str() {
                "name" | "type" | "desc" => {}
                "required" => match part.text.trim() {
                    "required" => param.required = true,
                    // `special`: needed in some cases, which the description tells.
                    "optional" | "special" | "" => {}
                    _ => self.note_unknown(part),
                },
                "level" => match part.text.trim() {
                    "Basic" | "Object" | "" => {}
                    "Basic Array" | "Object Array" => param.lists += 1,
                    _ => self.note_unknown(part),
                },
                "max_length" => param.limits.max_length = self.number(part)?,
                "max_list_size" => param.limits.max_items = self.number(part)?,
                "min_value" => param.limits.min = self.number(part)?,
                "max_value" => param.limits.max = self.number(part)?,
                _ => self.note_unknown(part),
            }
        }
        param.inner = self.inner(param.ty.as_deref().unwrap_or_default(), item, open)?;
        Ok(param)
    }

    fn inner(&mut self, ty: &str, item: &Element, open: &mut Vec<usize>) -> Result<Inner> {
        let Some(index) = self.structs.meant(ty, open.last().copied()) else {
            return Ok(Inner::Nothing);
        };
        if open.contains(&index) {
            return Ok(Inner::Again);
        }
        if open.len() >= MAX_DEPTH {
            return Err(self.fault(item, format!("more than {MAX_DEPTH} structures inside each other")));
        }
        let Some(props) = self.structs.all[index].child("props") else {
            return Ok(Inner::Nothing);
        };
        open.push(index);
        let members = self.params(props, open);
        open.pop();
        let members = members?;
        Ok(if members.is_empty() { Inner::Nothing } else { Inner::Members(members) })
    }

    fn need(&self, item: &Element, name: &str) -> Result<String> {
        let found =
            item.child(name).ok_or_else(|| self.fault(item, format!("<{}> without <{name}>", short(&item.name))))?;
        let text = found.text.trim();
        check_name(self.file, &found.place(self.places), text)?;
        Ok(text.to_owned())
    }

    fn words(&self, item: &Element) -> Result<Option<String>> {
        let Some(desc) = item.child("desc") else { return Ok(None) };
        check_description(self.file, &desc.place(self.places), &desc.text)?;
        Ok(Some(desc.text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn number(&self, part: &Element) -> Result<Option<i64>> {
        match part.text.trim() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(self.fault(part, format!("<{}> is not a whole number", part.name))),
            },
        }
    }

    fn note_unknown(&mut self, part: &Element) {
        self.out.unknown.push(format!("{}: <{}>", part.place(self.places), short(&part.name)));
    }

    fn fault(&self, at: &Element, message: String) -> ImportError {
        ImportError::at(self.file, at.place(self.places), message)
    }
}
