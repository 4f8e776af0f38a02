//! The body of a create request.

use super::{
    outcome::{Format, ImportError, Imported, Unmapped, excerpt},
    request_graph,
};
use serde_json::Value;

pub(super) fn is_request(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{') || text.starts_with("POST ")
}

pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let start = text.find('{').ok_or(ImportError::Nothing)?;
    let lines_before = text[..start].matches('\n').count();
    let body: Value =
        serde_json::from_str(&text[start..]).map_err(|error| ImportError::Syntax {
            line: error.line() + lines_before,
            column: error.column(),
            message: error.to_string(),
        })?;
    let request = match body {
        Value::Object(mut fields) => match fields.remove("loadbalancer") {
            Some(request) => request,
            None => Value::Object(fields),
        },
        _ => return Err(ImportError::Nothing),
    };
    if !request.is_object() {
        return Err(ImportError::Nothing);
    }
    let (draft, problems) = request_graph::draft(request);
    let unmapped = problems.into_iter().map(|problem| {
        let line = line_of(text, &problem.name);
        let text = text.lines().nth(line.wrapping_sub(1)).map(excerpt);
        Unmapped { line, text: text.unwrap_or(problem.name), reason: problem.reason }
    });
    let mut unmapped: Vec<Unmapped> = unmapped.collect();
    unmapped.sort_by_key(|one| one.line);
    unmapped.dedup();
    Ok(Imported { format: Format::ApiRequest, draft, unmapped })
}

/// The line of the first field with a name, from 1; 0 if there is none.
fn line_of(text: &str, name: &str) -> usize {
    let quoted = format!("\"{name}\"");
    text.find(&quoted).map_or(0, |at| text[..at].matches('\n').count() + 1)
}
