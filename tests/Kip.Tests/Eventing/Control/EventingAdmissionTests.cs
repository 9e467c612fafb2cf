using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Rules.Admission;
using Kip.Rules.Eventing.Configs;
using Kip.Testing.Serving;
using Kip.Tests.Admission;
using Shouldly;
using static Kip.Tests.Eventing.Control.EventingYaml;

namespace Kip.Tests.Eventing.Control;

// In here, since Kip.Broker is a namespace, too.
using Broker = Kip.Resources.Eventing.Broker;

public class EventingAdmissionTests
{
    private const string Channel7 = "channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: pipe}";

    public static TheoryData<string, string> Refused => new()
    {
        { Trigger(broker: "''"), "spec.broker: missing field(s)" },
        { Trigger(subscriber: ""), "spec.subscriber.ref, spec.subscriber.uri: expected at least one, got none" },
        { Trigger(subscriber: "uri: /only/a/path"), "spec.subscriber.uri: invalid value: Relative URI is not allowed when Ref and [apiVersion, kind, "
            + "name] is absent" },
        { Trigger(subscriber: "uri: 'ftp://host/x'"), "spec.subscriber.uri: invalid value: ftp://host/x: events are sent by http or https" },
        { Trigger(subscriber: "uri: 'http://a/b', ref: {apiVersion: v1, kind: Service, name: x}"), "Absolute URI is not allowed when Ref or "
            + "[apiVersion, kind, name] is present" },
        { Trigger(subscriber: "ref: {kind: Service, name: x}"), "spec.subscriber.ref.apiVersion: missing field(s)" },
        { Trigger(subscriber: "ref: {apiVersion: v1, group: apps, kind: Service, name: x}"), "spec.subscriber.ref.group: must not set the field(s)" },
        { Trigger(subscriber: "uri: 'http://a/b', CACerts: nonsense"), "spec.subscriber.CACerts: invalid value: CA Cert provided is invalid" },
        { Trigger(more: "filter: {attributes: {Type: x}}"), "spec.filter.attributes[Type]: invalid key name \"Type\": Attribute name must start with a letter" },
        {
            Trigger(more: "filters: [{exact: {type: a}, prefix: {type: b}}]"), "spec.filters[0]: multiple dialects found, filters can have only one dialect set"
        },
        { Trigger(more: "filters: [{not: {any: [{exact: {my_type: a}}]}}]"), "spec.filters[0].not.any[0].exact[my_type]: invalid key name \"my_type\"" },
        { Trigger(more: "filters: [{cesql: 'type ='}]"), "spec.filters[0].cesql: invalid value: type =" },
        { Trigger(more: "delivery: {retry: -1}"), "spec.delivery.retry: invalid value: -1" },
        { Trigger(more: "delivery: {backoffPolicy: sometimes}"), "spec.delivery.backoffPolicy: invalid value: sometimes" },
        { Trigger(more: "delivery: {backoffDelay: 1s}"), "spec.delivery.backoffDelay: invalid value: 1s" },
        { Trigger(more: "delivery: {timeout: PT0S}"), "spec.delivery.timeout: invalid value: PT0S" },
        { Trigger(more: "delivery: {retryAfterMax: PT1S}"), "spec.delivery.retryAfterMax: must not set the field(s)" },
        { Trigger(more: "delivery: {format: xml}"), "spec.delivery.format: invalid value: xml" },
        {
            Trigger(more: "delivery: {deadLetterSink: {}}"),
            "spec.delivery.deadLetterSink.ref, spec.delivery.deadLetterSink.uri: expected at least one, got none"
        },
        { Trigger(annotations: "knative.dev/dependency: nonsense"), "metadata.annotations[knative.dev/dependency]: The provided annotation was not a "
            + "corev1.ObjectReference: \"nonsense\"" },
        { Trigger(annotations: "eventing.knative.dev/injection: enabled"), "metadata.annotations[eventing.knative.dev/injection]: The provided injection "
            + "annotation is only used for default broker" },
        {
            Trigger(annotations: "knative.dev/dependency: '{\"name\": \"a\", \"apiVersion\": \"v1\"}'"),
            "metadata.annotations[knative.dev/dependency].kind: missing field(s)"
        },
        { Trigger(annotations: "kip.dev/on-delete: later"), "metadata.annotations.kip.dev/on-delete: invalid value: later: expected either 'drain' or 'drop'" },
        { Sub(Channel7 + "\n  subscriber: {uri: 'http://a/b'}", "kip.dev/on-delete: Drain"), "metadata.annotations.kip.dev/on-delete: invalid value: Drain" },
        {
            BrokerOf(annotations: "kip.dev/on-delete: never"),
            "metadata.annotations.kip.dev/on-delete: invalid value: never: expected either 'drain' or 'drop'"
        },
        { BrokerOf(annotations: "kip.dev/retention-time: 3 days"), "metadata.annotations.kip.dev/retention-time: invalid value: 3 days: expected a "
            + "time such as '36h' or 'P3D', longer than nothing" },
        { BrokerOf(annotations: "kip.dev/retention-time: 0s"), "kip.dev/retention-time: invalid value: 0s" },
        { BrokerOf(annotations: "kip.dev/retention-bytes: 1Mi"), "metadata.annotations.kip.dev/retention-bytes: invalid value: 1Mi: expected a size "
            + "such as '512Mi', at least 8Mi" },
        { BrokerOf(annotations: "kip.dev/retention-bytes: ''"), "kip.dev/retention-bytes: invalid value" },
        { BrokerOf(annotations: "kip.dev/retention-when-full: drop"), "metadata.annotations.kip.dev/retention-when-full: invalid value: drop: "
            + "expected either 'drop-oldest' or 'refuse'" },
        { Imc("", "kip.dev/retention-bytes: 9999999Ti"), "kip.dev/retention-bytes: invalid value: 9999999Ti" },
        { Imc("", "kip.dev/on-delete: later"), "kip.dev/on-delete: invalid value: later" },
        { Channel().Replace(
            "name: pipe", "name: pipe, annotations: {kip.dev/retention-time: soon}",
            StringComparison.Ordinal), "kip.dev/retention-time: invalid value: soon" },
        { LogDefaults("retention-time: soon"), "data[retention-time]: invalid value: soon: expected a time such as '36h' or 'P3D'" },
        { LogDefaults("retention-bytes: '7'"), "data[retention-bytes]: invalid value: 7: expected a size such as '512Mi', at least 8Mi" },
        { LogDefaults("retention-when-full: never"), "data[retention-when-full]: invalid value: never" },
        { Trigger(annotations: "kip.dev/delivery-order: strict"), "metadata.annotations.kip.dev/delivery-order: invalid value: strict: expected "
            + "either 'ordered' or 'unordered'" },
        { Trigger(annotations: "kip.dev/delivery-concurrency: '0'"), "metadata.annotations.kip.dev/delivery-concurrency: invalid value: 0: expected "
            + "a number from 1 to 10000" },
        { Trigger(annotations: "kip.dev/delivery-concurrency: '10001'"), "kip.dev/delivery-concurrency: invalid value: 10001" },
        { Sub(Channel7 + "\n  subscriber: {uri: 'http://a/b'}", "kip.dev/delivery-concurrency: many"), "kip.dev/delivery-concurrency: invalid value: many" },
        { BrokerOf(more: "config: {kind: ConfigMap, name: x}"), "spec.config.apiVersion: missing field(s)" },
        { Channel(more: "subscribers: [{uid: x, subscriberUri: 'http://a'}]"), "spec.subscribers: must not set the field(s)" },
        { Channel(more: "channelTemplate: {kind: InMemoryChannel}"), "spec.channelTemplate.apiVersion: missing field(s)" },
        { Imc("spec: {subscribers: [{uid: x}]}"), "spec.subscribable.subscriber[0].replyURI, spec.subscribable.subscriber[0].subscriberURI: missing field(s): "
            + "expected at least one of, got none" },
        { Imc("", "eventing.knative.dev/scope: world"), "metadata.annotations[eventing.knative.dev/scope]: invalid value: world: expected either 'cluster' or 'namespace'" },
        { Sub(Channel7), "spec.subscriber: missing field(s): the Subscription must reference a subscriber" },
        { Sub("subscriber: {uri: 'http://a/b'}"), "spec.channel: missing field(s): the Subscription must reference a channel" },
        {
            Sub("channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: pipe, namespace: other}\n  subscriber: {uri: 'http://a/b'}"),
            "spec.channel.namespace: must not set the field(s)"
        },
        { Flow("Sequence", "steps: []"), "spec.steps: missing field(s)" },
        { Flow("Sequence", "steps: [{uri: nowhere}]"), "spec.steps[0].uri: invalid value" },
        { Flow("Parallel", "branches: []"), "spec.branches: missing field(s)" },
        { Flow(
            "Parallel",
            "branches: [{filter: {uri: 'http://a/b'}}]"), "spec.branches[0].subscriber.ref, spec.branches[0].subscriber.uri: expected at least one, got none" },
        {
            "apiVersion: eventing.knative.dev/v1beta3\nkind: EventType\nmetadata: {name: t}\nspec: {attributes: [{name: type, value: x}]}",
            "spec.attributes.source: missing field(s)"
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_wrong_is_told_in_Knatives_words(string yaml, string error) =>
        Ask.Validate(Yaml.Read(yaml).Single()).ShouldContain(e => e.Contains(error, StringComparison.Ordinal));

    public static TheoryData<string> Accepted => new()
    {
        BrokerOf(), Trigger(), Trigger(subscriber: "ref: {apiVersion: v1, kind: Service, name: x}, uri: /path"),
        Trigger(more: "filters: [{any: [{exact: {type: a}}, {not: {cesql: \"type LIKE 'b%'\"}}]}]"),
        Trigger(more: "filter: {attributes: {aaa: x, c1d2e3: '', source: s}}"),
        Trigger(more: "delivery: {retry: 0, backoffPolicy: linear, backoffDelay: PT0.5S, timeout: PT3S, format: json}"),
        BrokerOf(annotations: "kip.dev/retention-time: P3D, kip.dev/retention-bytes: 512Mi, kip.dev/retention-when-full: refuse, kip.dev/on-delete: drain"),
        Trigger(annotations: "kip.dev/delivery-order: ordered, kip.dev/delivery-concurrency: '10000', kip.dev/on-delete: drop"),
        Imc("", "kip.dev/retention-time: 36h, kip.dev/retention-when-full: drop-oldest"),
        LogDefaults("retention-time: P3D, retention-bytes: 1Gi, retention-when-full: refuse, _example: x"),
        Channel(), Subscription(), Flow("Sequence", "steps: [{uri: 'http://a/b', delivery: {retry: 1}}]"),
        Flow("Parallel", "branches: [{subscriber: {uri: 'http://a/b'}}]"),
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_is_right_is_accepted(string yaml) => Ask.Validate(Yaml.Read(yaml).Single()).ShouldBeEmpty();

    [Fact]
    public void A_deletion_right_after_the_write_that_asks_to_drain_does_not_outrun_the_wait()
    {
        foreach (var yaml in (string[])[BrokerOf(annotations: Drain), Trigger(annotations: Drain), Imc("", Drain), Subscription(annotations: Drain)])
            Defaulted(yaml).Metadata.Finalizers.ShouldBe(["kip.dev/drain"], yaml);
        Defaulted(Channel().Replace(
            "name: pipe", $"name: pipe, annotations: {{ {Drain} }}", StringComparison.Ordinal)).Metadata.Finalizers.ShouldBe(["kip.dev/drain"]);
        Defaulted(BrokerOf(annotations: "kip.dev/on-delete: drop")).Metadata.Finalizers.ShouldBeEmpty();
        Defaulted(BrokerOf(annotations: $"{Drain}, eventing.knative.dev/broker.class: Kafka")).Metadata.Finalizers.ShouldBeEmpty("nobody here would let it go");
    }

    private const string Drain = "kip.dev/on-delete: drain";

    [Fact]
    public void What_must_not_change_does_not()
    {
        Changed(BrokerOf(), BrokerOf(annotations: "eventing.knative.dev/broker.class: Kip"))
            .ShouldContain("annotations: Immutable annotations changed (-old +new): {string}:\n\t-: \"MTChannelBasedBroker\"\n\t+: \"Kip\"");
        Changed(BrokerOf(more: "config: {apiVersion: v1, kind: ConfigMap, name: a}"), BrokerOf(more: "config: {apiVersion: v1, kind: ConfigMap, name: b}"))
            .ShouldContain("spec: Immutable fields changed (-old +new): config.name:\n\t-: \"a\"\n\t+: \"b\"");
        Changed(Trigger(), Trigger(broker: "another"))
            .ShouldContain("spec, broker: Immutable fields changed (-old +new): broker:\n\t-: \"shop\"\n\t+: \"another\"");
        Changed(Channel(more: "delivery: {retry: 1}"), Channel(more: "delivery: {retry: 2}"))
            .ShouldContain("spec: Immutable fields changed (-old +new): delivery.retry:\n\t-: 1\n\t+: 2");
        Changed(Subscription(), Subscription(channel: "other")).ShouldContain("spec: Immutable fields changed (-old +new): channel.name");

        Changed(BrokerOf(), BrokerOf(more: "delivery: {retry: 1}")).ShouldBeEmpty();
        Changed(Trigger(), Trigger(subscriber: "uri: 'http://other/'", more: "filters: [{exact: {type: a}}]")).ShouldBeEmpty();
        Changed(Subscription(), Subscription(more: "reply: {uri: 'http://other/'}")).ShouldBeEmpty();
    }

    [Fact]
    public void An_annotation_that_was_let_in_once_holds_up_no_other_change()
    {
        Changed(
            Trigger(annotations: "kip.dev/delivery-order: strict"),
            Trigger(subscriber: "uri: 'http://other/'", annotations: "kip.dev/delivery-order: strict")).ShouldBeEmpty();
        Changed(Trigger(annotations: "kip.dev/delivery-order: strict"), Trigger(annotations: "kip.dev/delivery-order: loose"))
            .ShouldContain("invalid value: loose");
    }

    [Fact]
    public void Subscribers_are_written_by_the_platform_only()
    {
        var old = (InMemoryChannel)Defaulted(Imc(""));
        var wanted = old with { Spec = new() { Subscribers = [new() { Uid = "x", SubscriberUri = "http://a" }] } };

        Ask.Validate(wanted, old).Single().ShouldContain("Channel.Spec.Subscribers changed by user jane");
        AdmissionRules.Validate(new AdmissionRequest(wanted, old, "system:kip", null, PlatformConfig.Default)).ShouldBeEmpty();
    }

    [Fact]
    public void A_brokers_config_gets_its_namespace_and_one_that_was_stored_without_may_still_be_changed()
    {
        const string Config = "config: {apiVersion: v1, kind: ConfigMap, name: a}";
        ((Broker)Defaulted(BrokerOf(more: Config))).Spec.Config!.Namespace.ShouldBe("default");

        var old = Yaml.One<Broker>(BrokerOf(more: Config));
        Ask.Validate(Yaml.One<Broker>(BrokerOf(more: Config + ", delivery: {retry: 1}")), old).ShouldBeEmpty();
    }

    [Fact]
    public void A_list_that_stands_for_one_name_stays_whole_among_the_paths()
    {
        var error = new FieldError("spec.subscriber[apiVersion, kind, name], spec.subscriber.ref, spec.subscriber.uri", "FieldValueInvalid", "no");
        error.Fields.ShouldBe(["spec.subscriber[apiVersion, kind, name]", "spec.subscriber.ref", "spec.subscriber.uri"]);
        (error with { Field = "" }).Fields.ShouldBe([""]);
    }

    [Fact]
    public void References_get_their_namespace_and_templates_their_kind()
    {
        var trigger = (Trigger)Defaulted(Trigger(subscriber: "ref: {apiVersion: v1, kind: Service, name: x}"));
        trigger.Spec.Subscriber.Ref!.Namespace.ShouldBe("default");
        trigger.Metadata.Annotations["eventing.knative.dev/creator"].ShouldBe("jane");
        var sequence = (Sequence)Defaulted(Flow("Sequence", "steps: [{ref: {apiVersion: v1, kind: Service, name: x}}]"));
        sequence.Spec.ChannelTemplate!.Kind.ShouldBe("InMemoryChannel");
        sequence.Spec.Steps[0].Ref!.Namespace.ShouldBe("default");
    }

    [Fact]
    public void Defaults_are_those_of_the_ConfigMaps_by_namespace_and_class()
    {
        var config = Config((BrokerDefaultsConfig.MapName, BrokerDefaultsConfig.Key, """
            clusterDefault:
              brokerClass: Kip
              delivery: {retry: 5, backoffPolicy: linear, backoffDelay: PT2S, timeout: PT9S}
              brokerClasses:
                MTChannelBasedBroker: {delivery: {retry: 6}}
            namespaceDefaults:
              other: {brokerClass: MTChannelBasedBroker, apiVersion: v1, kind: ConfigMap, name: own, namespace: other, delivery: {retry: 7}}
            """), (ChannelDefaultsConfig.MapName, ChannelDefaultsConfig.Key, """
            clusterDefault: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel}
            namespaceDefaults:
              other: {apiVersion: example.com/v1, kind: Tube}
            """));

        var byDefault = Ask.Default(Yaml.One<Broker>(BrokerOf()), config: config);
        byDefault.Metadata.Annotations[EventingAnnotations.BrokerClass].ShouldBe("Kip");
        (byDefault.Spec.Delivery!.Retry, byDefault.Spec.Delivery.BackoffPolicy, byDefault.Spec.Delivery.Timeout).ShouldBe((5, "linear", null));
        Ask.Default(
            Yaml.One<Broker>(BrokerOf(annotations: "eventing.knative.dev/broker.class: MTChannelBasedBroker")),
            config: config).Spec.Delivery!.Retry.ShouldBe(6);
        var elsewhere = Yaml.One<Broker>(BrokerOf());
        elsewhere = Ask.Default(elsewhere with { Metadata = elsewhere.Metadata with { Namespace = "other" } }, config: config);
        (elsewhere.Spec.Config!.Name, elsewhere.Spec.Delivery!.Retry).ShouldBe(("own", 7));
        var sequence = Yaml.One<Sequence>(Flow("Sequence", "steps: [{uri: 'http://a/b'}]"));
        Ask.Default(sequence with { Metadata = sequence.Metadata with { Namespace = "other" } }, config: config).Spec.ChannelTemplate!.Kind.ShouldBe("Tube");
    }

    [Fact]
    public void What_is_shipped_says_what_counts_when_nothing_is_said()
    {
        // With a comment, so that it is read and not known by its text.
        static StringMap Map(string key, string shipped) => StringMap.Of((key, shipped + "# read\n"));

        BrokerDefaultsConfig.Parse(Map(BrokerDefaultsConfig.Key, BrokerDefaultsConfig.Shipped), out _).ShouldBe(BrokerDefaultsConfig.Default);
        ChannelDefaultsConfig.Parse(Map(ChannelDefaultsConfig.Key, ChannelDefaultsConfig.Shipped), out _).ShouldBe(ChannelDefaultsConfig.Default);
        ChannelTemplateConfig.Read(Map(ChannelTemplateConfig.Key, ChannelTemplateConfig.Shipped), out _)
            .ShouldBe(ChannelTemplateConfig.Read(StringMap.Of((ChannelTemplateConfig.Key, ChannelTemplateConfig.Shipped)), out _));
    }

    [Theory]
    [InlineData(BrokerDefaultsConfig.MapName, BrokerDefaultsConfig.Key, "clusterDefault: [")]
    [InlineData(BrokerDefaultsConfig.MapName, BrokerDefaultsConfig.Key, "clusterDefault: {delivery: {retry: many}}")]
    [InlineData(ChannelDefaultsConfig.MapName, ChannelDefaultsConfig.Key, "just words")]
    [InlineData(ChannelTemplateConfig.MapName, ChannelTemplateConfig.Key, "kind: InMemoryChannel")]
    [InlineData(SugarConfig.MapName, "namespace-selector", "matchExpressions: [{key: a, operator: Maybe}]")]
    [InlineData(EventingFeatures.MapName, "transport-encryption", "strict")]
    [InlineData(EventingFeatures.MapName, "authentication-oidc", "enabled")]
    public void A_ConfigMap_that_cannot_be_read_is_refused_when_it_is_written(string map, string key, string value)
    {
        var wanted = new Kip.Resources.Core.ConfigMap
        {
            Metadata = new() { Namespace = EventingNames.SystemNamespace, Name = map }, Data = StringMap.Of((key, value)),
        };

        var error = Ask.Validate(wanted).Single();
        error.ShouldStartWith($"data[{key}]: ");
        error.ShouldNotContain("Kip.", Case.Sensitive, "types of this program are nobody's business");
    }

    [Fact]
    public void Fields_that_a_feature_allows_are_allowed_with_it()
    {
        var config = new PlatformConfig(new Dictionary<string, StringMap>())
        {
            EventingMaps = new Dictionary<string, StringMap>
            {
                [EventingFeatures.MapName] = StringMap.Of(
                    ("delivery-retryafter", "Enabled"), ("delivery-timeout", "disabled"), ("cross-namespace-event-links", "enabled"),
                    ("kreference-group", "enabled")),
            },
        };

        Ask.Validate(Yaml.Read(Trigger(more: "delivery: {retryAfterMax: PT1S}")).Single(), config: config).ShouldBeEmpty();
        Ask.Validate(Yaml.Read(Trigger(more: "delivery: {timeout: PT1S}")).Single(), config: config)
            .Single().ShouldBe("spec.delivery.timeout: must not set the field(s)");
        Ask.Validate(
            Yaml.Read(Sub("channel: {group: messaging.knative.dev, kind: Channel, name: pipe, namespace: other}\n  subscriber: {uri: 'http://a/b'}")).Single(),
            config: config)
            .ShouldBeEmpty();
    }

    private static Resource Defaulted(string yaml) => Ask.Default(Yaml.Read(yaml).Single());

    private static string[] ChangedErrors(string old, string wanted) => Ask.Validate(Yaml.Read(wanted).Single(), Defaulted(old));

    private static string Changed(string old, string wanted) => string.Join("; ", ChangedErrors(old, wanted));

    private static PlatformConfig Config(params (string Map, string Key, string Value)[] maps) => new(new Dictionary<string, StringMap>())
    {
        EventingMaps = maps.ToDictionary(static m => m.Map, static m => StringMap.Of((m.Key, m.Value))),
    };

    private static string Imc(string spec, string annotations = "") =>
        $$"""
        apiVersion: messaging.knative.dev/v1
        kind: InMemoryChannel
        metadata:
          name: pipe
          annotations: { {{annotations}} }
        {{spec}}
        """;

    private static string Sub(string spec, string annotations = "") =>
        $"apiVersion: messaging.knative.dev/v1\nkind: Subscription\nmetadata: {{name: sub, annotations: {{{annotations}}}}}\nspec:\n  {spec}\n";

    private static string LogDefaults(string data) =>
        $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: config-event-log, namespace: knative-eventing}}\ndata: {{{data}}}\n";

    private static string Flow(string kind, string spec) => $"apiVersion: flows.knative.dev/v1\nkind: {kind}\nmetadata: {{name: flow}}\nspec:\n  {spec}\n";
}
