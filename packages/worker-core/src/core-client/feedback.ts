/** What an action tells the core while it runs (protocol 5.4, 5.7). */
import { actionInfo, actionProgress, type Action, type InfoLevel } from '../protocol/messages.ts';
import { progressMessages, type Progress } from '../protocol/progress.ts';
import type { Outbox } from './outbox.ts';

export interface Feedback {
  /**
   * A message for the log of the run. The text is cut to 500 characters; the context, for instance cloud and account, goes in
   * front of it.
   */
  info(level: InfoLevel, message: string, context?: readonly string[]): void;
  /** How far a place of the progress tree is. A tree replaces everything known below it. */
  progress(progress: Progress): void;
}

/** Feedback of an action, and how to end it: what comes after the final answer is of no use to the core. */
export interface ActionFeedback extends Feedback {
  end(): void;
}

export interface FeedbackOptions {
  readonly action: Action;
  readonly key: string;
  readonly outbox: Outbox;
  readonly now?: () => number;
}

export function actionFeedback({ action, key, outbox, now = Date.now }: FeedbackOptions): ActionFeedback {
  let ended = false;
  return {
    info(level, message, context) {
      if (ended) return;
      const note = (leftOut: number): string => actionInfo(action, level, `${leftOut} messages were left out`);
      outbox.info(key, { frame: actionInfo(action, level, message, context), note });
    },
    progress(progress) {
      if (ended) return;
      for (const part of progressMessages(progress)) {
        outbox.progress(key, part, actionProgress(action, part, new Date(now())));
      }
    },
    end() {
      ended = true;
    },
  };
}
