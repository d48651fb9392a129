using System.Collections.Immutable;
using static AccessLogWebhook.Policy.Linting.Protos.ProtoBuilding;

namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>
/// What access logs stand in, as far as the way to them goes; all fields by name. Sources: <c>envoy/config/listener/v3</c>,
/// <c>envoy/config/bootstrap/v3</c> and <c>envoy/extensions/filters</c> of envoyproxy/data-plane-api. Nothing is required here: a merge
/// adds to what is there already.
/// </summary>
internal static class ListenerMessages
{
    private const string Admin = "envoy.config.bootstrap.v3.Admin";

    public static ImmutableArray<ProtoMessage> All { get; } =
    [
        new(ProtoTypes.Listener,
        [
            Message("access_log", ProtoTypes.AccessLog).List(),
            Message("filter_chains", ProtoTypes.FilterChain).List(),
            Message("default_filter_chain", ProtoTypes.FilterChain),
            Message("listener_filters", ProtoTypes.ListenerFilter).List(),
            .. AllUnchecked(
                "name address additional_addresses stat_prefix fcds_config filter_chain_matcher use_original_dst per_connection_buffer_limit_bytes metadata "
                + "deprecated_v1 drain_type listener_filters_timeout continue_on_listener_filters_timeout transparent freebind socket_options "
                + "tcp_fast_open_queue_length traffic_direction udp_listener_config api_listener connection_balance_config reuse_port enable_reuse_port "
                + "tcp_backlog_size max_connections_to_accept_per_socket_event bind_to_port internal_listener enable_mptcp ignore_global_conn_limit "
                + "bypass_overload_manager tcp_keepalive"),
        ]),
        new(ProtoTypes.FilterChain,
        [
            Message("filters", ProtoTypes.Filter).List(),
            .. AllUnchecked("filter_chain_match use_proxy_proto metadata transport_socket transport_socket_connect_timeout name"),
        ]),
        new(ProtoTypes.Filter, [Text("name"), Any("typed_config").In("config_type"), Unchecked("config_discovery").In("config_type")]),
        new(ProtoTypes.ListenerFilter,
            [Text("name"), Any("typed_config").In("config_type"), Unchecked("config_discovery").In("config_type"), Unchecked("filter_disabled")]),
        new(ProtoTypes.HttpFilter,
            [Text("name"), Any("typed_config").In("config_type"), Unchecked("config_discovery").In("config_type"), Flag("is_optional"), Flag("disabled")]),
        new(ProtoTypes.HttpConnectionManager,
        [
            Message("access_log", ProtoTypes.AccessLog).List(),
            Message("http_filters", ProtoTypes.HttpFilter).List(),
            .. AllUnchecked(
                "codec_type stat_prefix rds route_config scoped_routes add_user_agent tracing common_http_protocol_options "
                + "http1_safe_max_connection_duration http_protocol_options http2_protocol_options http3_protocol_options server_name "
                + "server_header_transformation scheme_header_transformation max_request_headers_kb stream_idle_timeout stream_flush_timeout request_timeout "
                + "request_headers_timeout drain_timeout delayed_close_timeout access_log_flush_interval flush_access_log_on_new_request access_log_options "
                + "use_remote_address xff_num_trusted_hops original_ip_detection_extensions early_header_mutation_extensions internal_address_config "
                + "skip_xff_append via generate_request_id preserve_external_request_id always_set_request_id_in_response forward_client_cert_details "
                + "set_current_client_cert_details forward_client_cert_matcher proxy_100_continue represent_ipv4_remote_address_as_ipv4_mapped_ipv6 "
                + "upgrade_configs normalize_path merge_slashes path_with_escaped_slashes_action request_id_extension local_reply_config "
                + "strip_matching_host_port strip_any_host_port stream_error_on_invalid_http_message path_normalization_options strip_trailing_host_dot "
                + "proxy_status_config typed_header_validation_config append_x_forwarded_port append_local_overload add_proxy_protocol_connection_state "
                + "forward_proto_config"),
        ]),
        new(ProtoTypes.TcpProxy,
        [
            Message("access_log", ProtoTypes.AccessLog).List(),
            .. AllUnchecked(
                "stat_prefix cluster weighted_clusters on_demand metadata_match idle_timeout downstream_idle_timeout upstream_idle_timeout "
                + "max_connect_attempts backoff_options hash_policy tunneling_config max_downstream_connection_duration "
                + "max_downstream_connection_duration_jitter_percentage access_log_flush_interval flush_access_log_on_connected access_log_options "
                + "proxy_protocol_tlvs upstream_connect_mode max_early_data_bytes"),
        ]),
        new(ProtoTypes.Router,
        [
            Message("upstream_log", ProtoTypes.AccessLog).List(),
            .. AllUnchecked(
                "dynamic_stats start_child_span upstream_log_options suppress_envoy_headers strict_check_headers respect_expected_rq_timeout "
                + "suppress_grpc_request_failure_code_stats upstream_http_filters reject_connect_request_early_data"),
        ]),
        new(ProtoTypes.Bootstrap,
        [
            Message("admin", Admin),
            .. AllUnchecked(
                "node node_context_params static_resources dynamic_resources cluster_manager hds_config flags_path stats_sinks deferred_stat_options "
                + "stats_config stats_flush_interval stats_flush_on_admin stats_eviction_interval watchdog watchdogs tracing layered_runtime "
                + "overload_manager enable_dispatcher_stats header_prefix stats_server_version_override use_tcp_for_dns_lookups dns_resolution_config "
                + "typed_dns_resolver_config bootstrap_extensions fatal_actions config_sources default_config_source default_socket_interface "
                + "certificate_provider_instances inline_headers perf_tracing_file_path default_regex_engine xds_delegate_extension "
                + "xds_config_tracker_extension listener_manager application_log_config grpc_async_client_manager_config memory_allocator_manager"),
        ]),
        new(Admin,
        [
            Message("access_log", ProtoTypes.AccessLog).List(),
            .. AllUnchecked("access_log_path profile_path address socket_options ignore_global_conn_limit allow_paths"),
        ]),
    ];
}
