//! Tables as the standard wants them. A parser moves what stands between cells out in front of the table, at a cost
//! that grows with the square of it; here it gets a cell.

use super::{Shape, WRAPPER};
use crate::tokens::Tag;

/// Levels that a table needs below itself.
const TABLE_DEPTH: usize = 6;
/// The element in which a table scrolls when it is wider than its page.
const SCROLL: &str = r#"<div class="scroll-x" tabindex="0" role="region" aria-label="Table">"#;

impl Shape {
    pub(super) fn open_table_part(&mut self, name: &'static str, tag: &Tag<'_>) {
        match name {
            "table" => self.open_table(tag),
            _ if self.find(&["table"], &[]).is_none() => {}
            _ if !self.has_room(1) => self.skip(name),
            "caption" if self.stack.last() == Some(&"table") => self.push(name, tag),
            "caption" => {}
            "td" | "th" => {
                self.leave_cell();
                self.ensure_row();
                self.push(name, tag);
            }
            _ => {
                let above: &[&str] = if name == "tr" { &["table", "thead", "tbody", "tfoot"] } else { &["table"] };
                if let Some(at) = self.find(above, &["table"]) {
                    self.close_down_to(at + 1);
                }
                self.push(name, tag);
            }
        }
    }

    fn open_table(&mut self, tag: &Tag<'_>) {
        if self.is_between_cells() {
            self.ensure_cell();
        }
        self.close_before_block("table");
        if !self.has_room(TABLE_DEPTH) {
            self.skip("table");
            return;
        }
        // One place to scroll is enough for tables within tables.
        if !self.stack.contains(&"table") {
            self.out.push_str(SCROLL);
            self.stack.push(WRAPPER);
        }
        self.push("table", tag);
    }

    /// Whether the innermost element may only hold parts of a table.
    pub(super) fn is_between_cells(&self) -> bool {
        matches!(self.stack.last(), Some(&("table" | "thead" | "tbody" | "tfoot" | "tr")))
    }

    fn ensure_row(&mut self) {
        if self.stack.last() != Some(&"tr") {
            self.push_bare("tr");
        }
    }

    /// Opens a cell for what stands between the cells of a table.
    pub(super) fn ensure_cell(&mut self) {
        self.ensure_row();
        self.push_bare("td");
    }

    /// Goes back to the row, section or table that the innermost cell or caption is in.
    fn leave_cell(&mut self) {
        if let Some(at) = self.find(&["tr", "thead", "tbody", "tfoot", "table"], &[]) {
            self.close_down_to(at + 1);
        }
    }
}
