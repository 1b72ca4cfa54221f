//! The list of cases: each stands here once, and what is not here does not compile.
//!
//! From it come the table by which a case is found, and, for each backend, a test a case.

use super::{
    Case, attachment, cancel, claim, create, event, explain, hand, health, idempotency, instance,
    isolation, lease, list, metrics, model, outcome, parked, pause, report, restart, retry, search,
    session, shared, tenant,
};

/// Every case.
pub const CASES: &[Case] = crate::store_cases!(table);

/// Makes a test of each case, over a backend: a type with [`Backend`](super::Backend) and `Default`.
#[macro_export]
macro_rules! store_conformance {
    ($backend:ty) => {
        $crate::store_cases! { tests $backend }
    };
}

/// Makes something of the list of cases.
#[doc(hidden)]
#[macro_export]
macro_rules! store_cases {
    (@table; $($subject:ident { $($case:ident)* })*) => {
        &[$($(Case {
            subject: stringify!($subject),
            name: stringify!($case),
            run: |bed| Box::pin($subject::$case(bed)),
        },)*)*]
    };
    (@tests $backend:ty; $($subject:ident { $($case:ident)* })*) => {
        $(mod $subject {
            #[allow(unused_imports, reason = "the backend may be named by its whole path")]
            use super::*;
            $(#[test]
            fn $case() {
                $crate::conformance::store::run::<$backend>(
                    stringify!($subject),
                    stringify!($case),
                );
            })*
        })*
    };
    ($($to:tt)*) => {
        $crate::store_cases! {
            @$($to)*;
            create {
                a_task_is_kept_as_it_was_given
                tasks_are_read_in_the_order_asked_for
                all_of_a_call_or_none
                an_empty_call_makes_nothing
                an_unknown_dependency_or_parent_is_refused
                a_task_waits_for_what_it_depends_on
                a_dependency_that_is_completed_is_met
                a_dependency_that_failed_holds_back
                a_task_may_depend_on_any_place_of_its_call
                the_last_of_several_opens_a_task
                tasks_that_wait_for_each_other_are_refused
                a_unique_key_lives_once
                a_unique_key_may_answer_the_task_that_lives
                a_unique_key_may_replace_the_task_that_waits
                what_waits_for_a_replaced_task_waits_for_the_new_one
                what_waits_for_a_held_task_under_its_unique_key_goes_on
                a_unique_key_comes_once_in_a_call
                racing_makers_of_a_unique_key_make_one
                a_task_waits_for_its_time
                time_and_dependencies_both_hold_a_task_back
                so_many_tasks_wait_for_one_and_not_more
                ids_grow_with_time
                a_thousand_tasks_in_one_call
                what_tasks_depend_on_is_told_edge_by_edge
            }
            claim {
                priority_comes_first_then_age
                with_aging_age_makes_up_for_priority
                a_task_that_was_tried_keeps_its_place
                a_claim_takes_no_more_than_it_asks_for
                a_claim_takes_no_more_than_an_answer_has_room_for
                a_claim_answers_what_the_store_then_shows
                a_claim_may_name_its_task
                a_named_task_that_cannot_be_claimed_is_refused
                a_named_task_that_is_nobodys_is_refused_without_a_holder
                whatever_happened_before_a_claim_answers_the_task_as_it_is
                a_lease_is_as_long_as_asked
                roles_decide_who_may_claim
                project_and_tags_narrow_a_claim
                the_best_over_all_kinds_of_tasks_come_in_order
                tasks_parked_on_one_worker_starve_nobody
                a_parked_task_needs_no_role
                racing_workers_share_all_and_nothing_twice
                what_a_report_frees_can_be_claimed_at_once
                a_commit_tells_what_became_ready
            }
            parked {
                who_waits_gets_what_the_transaction_makes
                however_a_task_becomes_ready
                who_waited_longer_comes_first_and_before_who_comes_now
                who_may_not_take_waits_on
                a_paused_worker_waits_on
                no_task_is_left_over_while_somebody_waits_for_it
                the_best_task_finds_its_worker_first
                a_task_that_is_gone_again_is_handed_to_nobody
                a_batch_that_meets_an_error_loses_nobody_who_waits
            }
            report {
                the_current_fence_is_taken
                an_old_fence_is_refused_and_told_who_holds_the_task
                a_fence_that_was_never_given_is_refused
                the_fence_decides_whoever_reports
                a_report_that_comes_twice_is_one
                a_second_report_of_another_kind_is_stale
                a_repetition_is_known_until_the_task_goes_on
                without_a_fence_the_holder_reports
                without_a_fence_nothing_ends_that_nobody_holds
                a_parked_task_may_be_ended_by_its_instance
                what_ends_a_parked_task_is_an_attempt
                nobody_repeats_what_another_has_reported
                reports_of_one_call_stand_alone
                racing_reports_of_one_attempt_end_it_once
                a_full_task_still_takes_its_result
            }
            outcome {
                a_completion_keeps_its_result
                a_second_result_takes_the_place_of_the_first
                a_result_goes_with_the_end_that_is_forgotten
                what_was_attached_is_no_completions_to_drop
                a_completion_with_an_error_is_a_failure_for_good
                a_failure_is_tried_again_after_a_growing_wait
                a_failed_attempt_has_its_event
                waits_are_spread_within_their_bound
                a_failure_may_say_when_to_come_back
                what_cannot_help_is_not_tried_again
                the_last_attempt_is_the_end
                a_snooze_counts_as_nothing
                a_release_gives_back_at_once
                a_release_may_ask_for_a_while
                a_completion_opens_what_waits_for_it_alone
            }
            lease {
                a_heartbeat_extends_the_lease
                a_heartbeat_may_ask_for_another_length
                a_heartbeat_is_the_holders
                a_lease_that_ends_gives_the_task_back
                time_alone_ends_a_lease
                a_task_that_loses_its_workers_is_dead
                attempts_and_losses_have_their_own_limits
                the_deadline_ends_an_attempt_heartbeats_or_not
                what_a_worker_noted_is_there_for_the_next
                the_store_knows_what_is_due_next
                a_sweep_says_what_it_did
                however_many_end_together_none_is_saved
                many_leases_end_together
            }
            cancel {
                what_nobody_works_on_ends_at_once
                a_worker_is_told_to_stop
                nothing_completes_once_it_is_to_stop
                a_worker_that_has_stopped_says_so
                a_lease_that_ends_before_the_grace_ends_it
                without_grace_a_held_task_ends_at_once
                cancelling_again_is_no_second_change
                dependents_may_keep_waiting
                dependents_may_be_called_off_too
                dependents_may_go_on
                what_was_said_first_holds_unless_it_is_said_anew
                dependents_that_were_left_may_be_settled_later
                the_choice_for_dependents_waits_for_the_end_of_the_grace
            }
            retry {
                a_dead_letter_lives_again
                a_cancelled_task_lives_again
                what_is_not_ended_or_was_done_is_refused
                done_again_it_opens_nothing_twice
                dead_letters_are_redriven_by_what_they_have
                dead_letters_are_redriven_by_id
                of_dead_letters_with_one_key_one_lives_again
                a_unique_key_that_was_taken_keeps_a_task_dead
                who_cannot_live_again_stands_in_nobodys_way
            }
            hand {
                fields_are_changed_and_the_event_names_them
                an_update_that_is_refused_changes_nothing
                another_priority_is_another_place
                a_task_may_be_begun_and_ended_by_hand
                a_task_that_nobody_holds_is_not_in_progress_for_ever
                a_parked_task_that_is_begun_by_hand_is_held
                a_held_task_that_is_moved_by_hand_is_taken_away
                some_moves_by_hand_are_refused
                ended_tasks_that_may_be_opened_again_by_hand
                a_failed_task_that_is_completed_by_hand_has_no_error
                a_parked_task_is_its_instances_alone
                a_task_is_taken_from_whoever_has_it
                a_deleted_task_is_gone_but_for_its_history
                what_others_wait_for_is_not_deleted
            }
            attachment {
                each_kind_is_kept_as_it_was_given
                over_one_with_the_same_key_it_is_the_same_attachment
                pages_come_in_the_order_of_making
                a_deleted_attachment_is_gone
                a_task_names_its_attachments
                attachments_are_written_at_any_time_of_a_task
                a_task_has_a_thousand_at_most
            }
            pause {
                each_scope_holds_its_tasks_back
                a_paused_role_stops_claims_in_that_role_alone
                a_paused_worker_gets_nothing_and_keeps_what_it_has
                running_work_goes_on
                a_pause_is_shown_and_told
                over_a_pause_at_the_same_scope_the_new_one_stands
                a_pause_ends_by_itself
                who_waits_is_told_to_look_again
                several_pauses_hold_until_the_last_has_ended
            }
            instance {
                an_instance_is_kept_as_it_registered
                a_sign_of_life_is_stamped
                a_sign_of_life_extends_what_the_instance_holds
                a_sign_of_life_answers_the_shortest_lease
                what_a_lost_instance_had_goes_back
                one_that_was_heard_of_since_is_not_given_up
                a_lease_that_was_asked_for_outlasts_silence
                an_instance_that_says_goodbye_gives_back_at_once
                what_is_to_stop_ends_with_its_instance
                an_offline_instance_is_forgotten_after_a_day
                as_many_instances_are_shown_as_there_is_room_for
                instances_are_paged_by_id_with_what_they_hold
                what_an_instance_holds_is_counted_to_a_bound
            }
            event {
                each_change_is_told_by_one_event
                the_life_of_a_task_is_told_step_by_step
                an_end_tells_how_long_it_took
                what_is_refused_or_repeated_is_not_told
                an_event_says_who_where_and_when
                who_follows_the_log_sees_everything_in_order
                filters_leave_what_answers_them
                a_page_may_be_empty_before_the_end
                after_a_place_beyond_the_end_there_is_no_page
                as_many_events_are_kept_as_is_said
                events_are_kept_as_long_as_is_said
                the_log_goes_on_where_it_was_when_all_has_gone
            }
            idempotency {
                hot_writes_are_done_once
                other_writes_are_done_once
                a_registration_that_is_repeated_brings_back_who_has_gone
                a_refused_write_keeps_nothing
                a_report_that_was_partly_taken_is_kept
                a_claim_that_got_nothing_keeps_nothing
                answers_survive_a_restart
                a_key_is_remembered_as_long_as_is_said
                racing_repetitions_do_it_once
                a_key_holds_within_one_transaction
                keys_of_two_tenants_are_two_keys
            }
            list {
                each_filter_leaves_what_answers_it
                each_order_holds_over_all_pages
                the_queue_is_listed_as_claims_take_it
                pages_stay_right_while_tasks_come_and_go
                a_listed_task_is_the_task
                a_query_that_makes_no_sense_is_refused
                counts_follow_every_step
                the_oldest_ready_task_is_known
                each_role_has_its_queue
                projects_are_listed_by_name_with_their_counts
            }
            search {
                words_are_found_whole_or_by_their_beginning
                what_is_found_follows_the_text
            }
            explain {
                what_holds_a_task_back_is_named
                its_place_in_the_order_is_counted
                pauses_and_whom_it_is_parked_on_are_named
            }
            health {
                the_store_says_how_it_is
                the_clock_is_the_one_that_was_given
                the_server_is_among_those_that_write
            }
            session {
                what_a_hook_tells_is_an_event_of_its_session
                sessions_are_listed_newest_first
                todos_become_tasks_and_follow_them
                the_same_todos_twice_change_nothing
                todos_that_wait_are_shared_and_others_are_not_touched
                a_session_is_told_of_tasks_that_went_another_way
                what_was_lost_is_not_completed_for_another
                an_agents_own_todos_are_known_by_their_ids
                a_session_that_ends_gives_its_tasks_back
                a_session_that_shares_its_instance_gives_back_its_own
                a_snapshot_holds_what_a_session_needs
                a_sign_of_life_keeps_what_a_session_holds
                sessions_are_apart_by_tenant_and_forgotten_after_a_week
            }
            shared {
                the_last_value_of_the_configuration_stands
                a_value_that_is_no_json_is_refused
                the_configuration_is_read_page_by_page
                a_key_is_kept_until_it_is_revoked
                a_key_of_a_new_tenant_makes_the_tenant
                a_vote_is_decided_by_more_than_half
                that_a_login_has_ended_is_known_for_longer_than_one_lasts
                a_batch_is_done_by_one
                what_was_shared_is_forgotten_after_a_day
                a_flush_leaves_nothing_of_the_tenants_tasks
            }
            isolation {
                a_refused_write_fails_alone
                a_write_that_meets_an_error_fails_alone
                an_error_leaves_the_store_as_it_was
                writes_of_a_kind_are_done_in_their_order
                two_claims_of_one_batch_get_different_tasks
                an_empty_batch_is_nothing
                a_large_batch_of_everything_at_once
            }
            tenant {
                no_read_shows_what_is_anothers
                no_write_reaches_what_is_anothers
                the_default_tenant_looks_after_all_keys
                the_same_name_is_not_the_same_thing
                each_tenant_has_its_own_order_and_pauses
                what_time_brings_about_is_told_to_whom_it_belongs
            }
            restart {
                everything_that_can_be_read_is_the_same
                leases_go_on
                a_lease_ends_while_the_store_is_down
                what_waits_is_ready_in_its_time
                the_order_and_the_lanes_are_the_same
                another_step_of_aging_is_another_order
                pauses_go_on
                a_cancellation_goes_on
                what_is_known_once_is_known
                time_goes_on_from_the_newest_event
                a_store_that_is_opened_often_is_the_same
            }
            metrics {
                what_is_counted_adds_up
                each_part_of_the_log_counts_once
                what_was_counted_is_there_after_any_end
                figures_are_their_tenants
                figures_are_read_in_order_and_only_of_the_range
                those_that_completed_most_come_first
                workers_beyond_the_bound_share_their_figures
                what_was_lost_is_said
                everything_is_counted_anew
                what_the_log_has_forgotten_keeps_its_figures
                what_was_begun_goes_on_after_any_end
                figures_past_their_retention_are_dropped
            }
            model {
                histories_of_seeds_0_to_24
                histories_of_seeds_25_to_49
                histories_of_seeds_50_to_74
                histories_of_seeds_75_to_99
                histories_of_seeds_100_to_124
                histories_of_seeds_125_to_149
            }
        }
    };
}
