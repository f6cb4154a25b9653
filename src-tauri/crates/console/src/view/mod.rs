//! What the window is shown: plain data, no rules. Times are RFC 3339 text, durations whole milliseconds.

mod account;
mod comment;
mod conversation;
mod draft;
mod feedback;
mod found;
mod insight;
mod keyboard;
mod player;
mod queue;
mod reading;
mod review;
mod settings;
mod sound;
mod storage;
mod work;

pub use account::{AccountView, KeysKept, RegionView, SessionView, SignInForm, StartView};
pub use comment::{CommentSupport, CommentView, CommentsView, DealtView};
pub use conversation::{
    BeginningView, ConversationDetails, ConversationFilter, ConversationPage, ConversationRow, MessageView,
    OpenedConversation, PageToken, PersonView, ServiceView, TagView, TranscriptPage, WaitView,
};
pub use draft::DraftView;
pub use feedback::{
    FeedbackAuthor, FeedbackChoice, FeedbackFilter, FeedbackPage, FeedbackRow, FeedbackView, FileForm, OpenComments,
    ResolvePlan, Turn,
};
pub use found::{FoundPlace, FoundView};
pub use insight::{InsightView, MemoryView, OutcomeView, StepView, ToolCallView, ToolGroupView};
pub use keyboard::{ActionUse, KeyBinding, KeyPreset, Keyboard};
pub use player::{PlayerStatus, PlayerView};
pub use queue::{DrawView, ItemReason, Narrowing, QueueForm, QueueItemView, QueuePlan, QueueView, SavedView, Started};
pub use reading::{BudgetView, ReadingView};
pub use review::{ReviewStep, ReviewView, ShownIn};
pub use settings::{Contrast, Settings, Theme};
pub use sound::{MarkerKind, MarkerView, OutputView, PartKind, PartState, SoundPart, SoundView};
pub use storage::{PassphraseUse, StorageView, WorkKept};
pub use work::{
    BulkPlan, BulkProgress, CardView, ChangeView, Choice, ChoiceView, KnownTag, OutboxView, SideView, UndoneView,
    WorkView,
};
