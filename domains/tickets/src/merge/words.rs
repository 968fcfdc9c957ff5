//! What the journal's lines about merging and linking say to people.

/// What the thread says of it to staff: icon and words.
pub(crate) fn sentence(kind: &str, facts: &serde_json::Value) -> Option<(&'static str, String)> {
    let number = facts["number"].as_i64()?;
    Some(match kind {
        "ticket.merged" => ("i-git-merge", format!("merged this into #{number}")),
        "ticket.merged_in" => ("i-git-merge", format!("merged #{number} into this")),
        "ticket.merge_undone" => ("i-undo-2", format!("took the merge into #{number} back")),
        "ticket.merged_out" => ("i-undo-2", format!("took the merge of #{number} back")),
        _ => return None,
    })
}

/// What the history page calls it.
pub(crate) fn label(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ticket.merged" => "Merged into",
        "ticket.merged_in" => "Merged from",
        "ticket.merge_undone" | "ticket.merged_out" => "Merge undone",
        "ticket.thread_changed" => "Messages moved",
        "ticket.linked" => "Link",
        "ticket.unlinked" => "Link removed",
        _ => return None,
    })
}
