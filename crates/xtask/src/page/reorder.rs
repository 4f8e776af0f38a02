//! Puts similar functions of a module side by side, so that it compresses better: 4 % of the first
//! download.
//!
//! Generic code is compiled once for each type, into functions that differ in a few bytes and lie far
//! apart. Brotli describes a repetition the shorter the closer it is, and learns what follows what
//! from the bytes before.

use anyhow::{Context, Result};
use std::{cmp::Reverse, collections::HashMap};
use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// Bytes in a row that two functions have in common if they are similar.
const SEQUENCE: usize = 5;
/// Sequences that occur in more functions than this say nothing about their similarity.
const TOO_COMMON: usize = 2000;
/// How much less the function before the last counts.
const FADING: f32 = 0.5;

/// The module with its functions in another order.
pub fn reorder(module: &[u8]) -> Result<Vec<u8>> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let order = by_similarity(&bodies);
    let mut places = vec![0; order.len()];
    for (place, &function) in (imported..).zip(&order) {
        places[function] = place;
    }
    let mut reordered = Module::new();
    Order { imported, order, places }
        .parse_core_module(&mut reordered, Parser::new(0), module)
        .context("cannot reorder the functions of a module")?;
    Ok(reordered.finish())
}

/// The numbers of the functions, beginning with the longest; each is followed by the one that is most
/// similar to it and to those before it.
fn by_similarity(bodies: &[&[u8]]) -> Vec<usize> {
    let (sequences, functions) = sequences(bodies);
    let mut by_length: Vec<usize> = (0..bodies.len()).collect();
    by_length.sort_by_key(|&function| Reverse(bodies[function].len()));
    let mut open: Vec<bool> = vec![true; bodies.len()];
    let mut shared: Vec<f32> = vec![0.0; bodies.len()];
    let mut order: Vec<usize> = Vec::with_capacity(bodies.len());
    let mut longest = by_length.into_iter();
    while order.len() < bodies.len() {
        let last = order.last().map_or(0, |&last| sequences[last].len());
        let mut best = (0.0, None);
        for (function, &shared) in shared.iter().enumerate() {
            if open[function] && shared > 0.0 {
                let score = shared / (sequences[function].len() + last) as f32;
                if score > best.0 {
                    best = (score, Some(function));
                }
            }
        }
        let next = best.1.or_else(|| longest.find(|&function| open[function]));
        let Some(next) = next else { break };
        open[next] = false;
        order.push(next);
        shared.iter_mut().for_each(|shared| *shared *= FADING);
        for &sequence in &sequences[next] {
            for &function in &functions[sequence as usize] {
                shared[function as usize] += 1.0;
            }
        }
    }
    order
}

/// The sequences of each function, by number, and the functions that contain each of them.
fn sequences(bodies: &[&[u8]]) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let mut numbers: HashMap<&[u8], u32> = HashMap::new();
    let mut functions: Vec<Vec<u32>> = Vec::new();
    for (function, body) in (0..).zip(bodies) {
        for sequence in body.windows(SEQUENCE) {
            let next = functions.len() as u32;
            let number = *numbers.entry(sequence).or_insert(next);
            if number == next {
                functions.push(Vec::new());
            }
            let known = &mut functions[number as usize];
            if known.last() != Some(&function) {
                known.push(function);
            }
        }
    }
    let mut sequences = vec![Vec::new(); bodies.len()];
    for (number, functions) in (0..).zip(&mut functions) {
        for &function in functions.iter() {
            sequences[function as usize].push(number);
        }
        if functions.len() > TOO_COMMON {
            functions.clear();
        }
    }
    (sequences, functions)
}

/// Writes a module in another order.
struct Order {
    imported: u32,
    /// The old numbers, without those of imports, in the new order.
    order: Vec<usize>,
    /// The new numbers by the old ones without imports.
    places: Vec<u32>,
}

impl Reencode for Order {
    type Error = wasmparser::BinaryReaderError;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(match function.checked_sub(self.imported) {
            Some(own) => self.places[own as usize],
            None => function,
        })
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let types = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
        for &function in &self.order {
            functions.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let bodies = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
        for function in std::mem::take(&mut self.order) {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }
}
