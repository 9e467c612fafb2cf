namespace Kip.Tests.Conformance.ServingStatements;

/// <summary>Section 5: names, visibility, certificates.</summary>
internal static class NetworkingStatements
{
    public static IReadOnlyList<Statement> All { get; } =
    [
        new("5.1", "public names by template, of tags too",
            "RouteHostsTests.Templates_shape_public_names_only",
            "RouteHostsTests.A_route_has_a_public_name_with_the_gateways_port_in_its_url_and_three_names_inside"),
        new("5.1", "too long a label is ErrorConfig", "RouteStatusTests.A_name_that_dns_cannot_have_is_told_and_nothing_is_served"),
        new("5.1", "three names inside, of a public Route too",
            "RouteHostsTests.A_route_has_a_public_name_with_the_gateways_port_in_its_url_and_three_names_inside", "case serving/rollout/service-to-service",
            "InsideNamesTests.A_sleeping_service_is_woken_by_a_call_from_within"),
        new("5.1", "the scheme",
            "RouteHostsTests.The_usual_port_of_the_scheme_is_left_out",
            "CertificateTests.Each_public_name_gets_a_certificate_and_plain_http_goes_on_until_it_is_there"),

        new("5.2", "the label on a Service or Route, live",
            "LifeOfAServiceTests.A_cluster_local_service_has_no_public_name_and_the_label_takes_effect_live", "case serving/traffic/visibility"),
        new("5.2", "a domain of the cluster", "DomainConfigTests.The_domain_with_the_most_matching_labels_wins_then_the_first_by_name"),
        new("5.2", "another value has no effect [Q]; the label on a placeholder",
            "doc a value other than `cluster-local` of the visibility label has no effect", "doc a single tag cannot be hidden"),

        new("5.3", "the job that makes a domain", "doc the job that makes a `sslip.io` domain"),

        new("5.4", "a Certificate for each public host, its name, labels and fields",
            "CertificateTests.Each_public_name_gets_a_certificate_and_plain_http_goes_on_until_it_is_there"),
        new("5.4", "not ready: http for the time being, or waiting",
            "CertificateTests.With_redirection_the_route_waits_for_the_certificate_and_a_refusal_fails_it"),
        new("5.4", "orphans go", "CertificateTests.A_service_may_opt_out_and_what_nobody_needs_goes"),
        new("5.4", "names inside", "CertificateTests.Names_inside_get_certificates_of_their_own"),
        new("5.4", "encryption inside the system",
            "ServingConfigMapTests.A_setting_is_checked_before_it_is_stored", "doc `system-internal-tls`, `enable-mesh-pod-addressability`"),
        new("5.4", "wildcards of namespaces", "doc `namespace-wildcard-cert-selector` is refused"),
        new("5.4", "the provider: cert-manager, issuers, challenges, renewal",
            "doc cert-manager, with its Issuers", "CertificatePlannerTests.What_is_valid_stays_until_a_month_before_its_end_or_other_names",
            "doc challenges by HTTP"),

        new("5.5", "Enabled and Redirected",
            "RouteStatusTests.Plain_http_is_as_the_platform_says_unless_the_service_says_otherwise",
            "TlsTests.Plain_HTTP_is_sent_to_HTTPS_where_the_ingress_says_so_but_not_certificate_challenges"),

        new("5.6", "h2c by the port's name, else HTTP/1.1",
            "RouteStatusTests.Splits_name_the_port_of_the_revisions_protocol_and_say_which_was_chosen",
            "StreamingTests.An_HTTP2_client_reaches_an_HTTP1_application_on_the_same_port", "case serving/runtime/protocols"),
    ];
}
