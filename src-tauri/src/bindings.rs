//! The commands and types the window knows, written to `ui/src/backend/bindings.ts` by a test.

use tauri::Wry;
use tauri_specta::{Builder, collect_commands};

use crate::commands::{
    account, browse, comments, conversation, drafts, feedback, menu, player, queues, settings, work,
};

/// Every command.
pub(crate) fn builder() -> Builder<Wry> {
    // One shape a type: every field is always sent both ways, absent ones as null.
    Builder::new().disable_serde_phases().commands(collect_commands![
        account::start,
        account::sign_in,
        account::switch_account,
        account::name_session,
        account::sign_out,
        account::forget_account,
        account::unsent_work,
        account::storage,
        account::use_passphrase,
        account::change_passphrase,
        account::open_sample,
        browse::list_conversations,
        browse::name_people,
        browse::list_services,
        browse::search_people,
        browse::find_id,
        browse::wait_times,
        conversation::open_conversation,
        conversation::read_transcript,
        conversation::conversation_details,
        conversation::read_insight,
        conversation::edit_tags,
        conversation::known_tags,
        conversation::look_ahead,
        conversation::await_beginning,
        conversation::reading,
        conversation::somebody_is_there,
        comments::list_comments,
        comments::add_comment,
        comments::comment_on_turn,
        comments::resolve_with_reason,
        comments::send_kept_comments,
        comments::edit_comment,
        comments::set_comment_resolved,
        comments::delete_comment,
        feedback::watch_feedback,
        feedback::read_feedback,
        feedback::read_feedback_again,
        feedback::list_feedback,
        feedback::feedback_of,
        feedback::open_comments,
        feedback::count_resolved,
        feedback::feedback_authors,
        feedback::look_ahead_at,
        feedback::plan_resolve,
        feedback::resolve_all,
        feedback::export_feedback,
        work::read_work,
        work::set_review,
        work::show_in,
        work::flag_message,
        work::undo,
        work::redo,
        work::choose_side,
        work::watch_outbox,
        work::export_history,
        work::clear_cache,
        drafts::save_draft,
        drafts::read_drafts,
        drafts::latest_draft,
        player::pause,
        player::resume,
        player::open_sound,
        player::read_sound,
        player::draw_peaks,
        player::play_sound,
        player::seek_sound,
        player::read_markers,
        player::list_outputs,
        player::export_sound,
        player::watch_player,
        settings::read_settings,
        settings::change_settings,
        settings::open_link,
        menu::set_menu,
        menu::watch_menu,
        queues::list_views,
        queues::save_view,
        queues::rename_view,
        queues::delete_view,
        queues::list_queues,
        queues::plan_queue,
        queues::leave_plan,
        queues::make_queue,
        queues::read_queue,
        queues::rename_queue,
        queues::delete_queue,
        queues::drafted_conversations,
        queues::plan_bulk_tags,
        queues::bulk_tags,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use specta_typescript::Typescript;

    /// Writes the bindings when they differ, and fails then, so that they are looked at and committed.
    #[test]
    fn the_committed_bindings_are_the_generated_ones() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/backend/bindings.ts");
        let before = std::fs::read_to_string(&committed).unwrap_or_default();
        super::builder().export(Typescript::default(), &committed).unwrap();
        let after = std::fs::read_to_string(&committed).unwrap();
        assert!(before == after, "ui/src/backend/bindings.ts was out of date; it is written anew, commit it");
    }
}
