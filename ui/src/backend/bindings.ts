// What the shell offers: commands and their types. Imported only by index.ts beside it.
import { invoke as __TAURI_INVOKE, Channel } from "@tauri-apps/api/core";

export const commands = {
  start: () => __TAURI_INVOKE<StartView>("start"),
  signIn: (form: SignInForm) => typedError<SessionView, Problem>(__TAURI_INVOKE("sign_in", { form })),
  switchAccount: (id: string) => typedError<SessionView, Problem>(__TAURI_INVOKE("switch_account", { id })),
  signOut: () => typedError<StartView, Problem>(__TAURI_INVOKE("sign_out")),
  forgetAccount: (id: string) => typedError<StartView, Problem>(__TAURI_INVOKE("forget_account", { id })),
  openSample: () => typedError<SessionView, Problem>(__TAURI_INVOKE("open_sample")),
  listConversations: (filter: ConversationFilter, next: PageToken | null) =>
    typedError<ConversationPage, Problem>(__TAURI_INVOKE("list_conversations", { filter, next })),
  namePeople: (ids: string[]) => typedError<PersonView[], Problem>(__TAURI_INVOKE("name_people", { ids })),
  listServices: () => typedError<ServiceView[], Problem>(__TAURI_INVOKE("list_services")),
  searchPeople: (text: string) => typedError<PersonView[], Problem>(__TAURI_INVOKE("search_people", { text })),
  openConversation: (id: string, refresh: boolean) =>
    typedError<OpenedConversation, Problem>(__TAURI_INVOKE("open_conversation", { id, refresh })),
  readTranscript: (id: string, from: number) =>
    typedError<TranscriptPage, Problem>(__TAURI_INVOKE("read_transcript", { id, from })),
  readInsight: (conversation: string, interaction: string, refresh: boolean) =>
    typedError<InsightView, Problem>(__TAURI_INVOKE("read_insight", { conversation, interaction, refresh })),
  editTags: (conversation: string, set: TagView[], remove: string[]) =>
    typedError<TagView[], Problem>(__TAURI_INVOKE("edit_tags", { conversation, set, remove })),
  listComments: (conversation: string) =>
    typedError<CommentsView, Problem>(__TAURI_INVOKE("list_comments", { conversation })),
  addComment: (conversation: string, interaction: string | null, text: string) =>
    typedError<CommentView, Problem>(__TAURI_INVOKE("add_comment", { conversation, interaction, text })),
  editComment: (conversation: string, comment: string, text: string) =>
    typedError<CommentView, Problem>(__TAURI_INVOKE("edit_comment", { conversation, comment, text })),
  setCommentResolved: (conversation: string, comment: string, resolved: boolean) =>
    typedError<CommentView, Problem>(__TAURI_INVOKE("set_comment_resolved", { conversation, comment, resolved })),
  deleteComment: (conversation: string, comment: string) =>
    typedError<null, Problem>(__TAURI_INVOKE("delete_comment", { conversation, comment })),
  waitTimes: () => __TAURI_INVOKE<WaitView[]>("wait_times"),
  playMessage: (conversation: string, message: string, fromMs: number) =>
    typedError<ClipView, Problem>(__TAURI_INVOKE("play_message", { conversation, message, fromMs })),
  pause: () => typedError<null, Problem>(__TAURI_INVOKE("pause")),
  resume: () => typedError<null, Problem>(__TAURI_INVOKE("resume")),
  seek: (ms: number) => typedError<null, Problem>(__TAURI_INVOKE("seek", { ms })),
  watchPlayer: (channel: Channel<PlayerView>) =>
    typedError<null, Problem>(__TAURI_INVOKE("watch_player", { channel })),
  readSettings: () => __TAURI_INVOKE<Settings>("read_settings"),
  changeSettings: (settings: Settings) =>
    typedError<Settings, Problem>(__TAURI_INVOKE("change_settings", { settings })),
  openLink: (url: string) => typedError<null, Problem>(__TAURI_INVOKE("open_link", { url })),
};

export type ProblemCode =
  | "wrong-key" | "signed-out" | "not-allowed" | "not-found" | "not-supported" | "refused" | "rate-limited"
  | "maintenance" | "unreachable" | "timed-out" | "malformed" | "insecure" | "bad-input" | "tag-refused"
  | "comment-refused" | "no-audio" | "audio-expired" | "audio-empty" | "audio-unreadable" | "no-device"
  | "keyring" | "internal";
export type Problem = {
  code: ProblemCode;
  message: string;
  retryable: boolean;
  retryAfterMs: number | null;
  reference: string | null;
};
export type AccountView = { id: string; organization: string; userId: string; server: string; baseUrl: string };
export type KeysKept = "keyring" | "thisRun" | "environment" | "sample";
export type SessionView = { account: AccountView; organizationName: string; me: PersonView; keys: KeysKept };
export type SignInForm = { organization: string; apiKeyId: string; apiKey: string; userId: string; baseUrl: string };
export type RegionView = { name: string; baseUrl: string };
export type StartView = {
  session: SessionView | null;
  problem: Problem | null;
  accounts: AccountView[];
  regions: RegionView[];
  keyringNotice: string | null;
  version: string;
  dataDir: string;
};
export type ConversationFilter = {
  userIds: string[];
  serviceIds: string[];
  isFinished: boolean | null;
  ids: string[];
  tags: string[];
};
export type PageToken = string;
export type ConversationPage = { rows: ConversationRow[]; next: PageToken | null; unreadable: number };
export type ConversationRow = {
  id: string;
  user: PersonView;
  service: ServiceView;
  version: string | null;
  createdAt: string;
  isFinished: boolean;
  finalMessage: string;
  numMessages: number;
  tags: TagView[];
};
export type PersonView = { id: string; name: string | null };
export type ServiceView = { id: string; name: string | null };
export type TagView = { key: string; value: string | null };
export type OpenedConversation = {
  id: string;
  details: ConversationDetails;
  interactions: number;
  messages: number;
  unreadable: number;
  partial: Problem | null;
  first: TranscriptPage;
};
export type ConversationDetails = {
  isAnalyzed: boolean;
  completedPostProcessings: string[];
  agent: string | null;
  stateMachine: string | null;
  models: string[];
  readAt: string;
};
export type TranscriptPage = { messages: MessageView[]; next: number | null };
export type MessageView = {
  id: string;
  interactionId: string;
  interaction: number;
  createdAt: string;
  sender: string;
  text: string;
  voice: boolean;
  kind: string;
};
export type WaitView = { what: string; perMinute: number; waitMs: number };
export type CommentSupport = "available" | "notOnThisServer";
export type CommentsView = { support: CommentSupport; comments: CommentView[]; unreadable: number };
export type CommentView = {
  id: string;
  author: PersonView;
  createdAt: string;
  text: string;
  interactionId: string | null;
  resolved: boolean;
};
export type InsightView = {
  state: string;
  action: string;
  objective: string;
  behavior: string | null;
  steps: StepView[];
  memory: MemoryView[];
  reflections: string[];
  tools: ToolGroupView[];
  outcomesUnknown: string | null;
};
export type StepView = {
  kind: string;
  from: string;
  to: string;
  exitCondition: string | null;
  queries: string[];
  thought: string | null;
};
export type MemoryView = { content: string; context: string };
export type ToolGroupView = { purpose: string; calls: ToolCallView[] };
export type ToolCallView = {
  name: string;
  version: string;
  input: string;
  output: string | null;
  durationMs: number;
  round: number;
  outcome: OutcomeView;
  failure: string | null;
};
export type OutcomeView = "unknown" | "succeeded" | "failed";
export type PlayerStatus = "idle" | "playing" | "paused" | "ended";
export type PlayerView = {
  messageId: string | null;
  status: PlayerStatus;
  positionMs: number;
  durationMs: number;
  problem: Problem | null;
};
export type ClipView = { messageId: string; durationMs: number; peaks: number[]; notice: string | null };
export type Theme = "system" | "light" | "dark";
export type Settings = { theme: Theme; baseUrl: string; volume: number; textSize: number };

async function typedError<T, E>(
  result: Promise<T>,
): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
  try {
    return { status: "ok", data: await result };
  } catch (e) {
    if (e instanceof Error) throw e;
    return { status: "error", error: e as any };
  }
}
