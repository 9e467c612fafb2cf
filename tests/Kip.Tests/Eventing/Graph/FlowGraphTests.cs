using System.Xml.Linq;
using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Graph;
using Shouldly;

namespace Kip.Tests.Eventing.Graph;

public class FlowGraphTests
{
    private static readonly OwnerReference Owner = new()
    {
        ApiVersion = "flows.knative.dev/v1", Kind = "Sequence", Name = "steps", Uid = "u", Controller = true,
    };

    private static readonly FlowResources Shop = new()
    {
        Brokers = [new() { Metadata = Named("orders"), Spec = new() { Delivery = new() { DeadLetterSink = To("Service", "graveyard") } } }],
        Triggers =
        [
            new()
            {
                Metadata = Named("billing"),
                Spec = new() { Broker = "orders", Subscriber = To("Service", "billing"), Filter = new() { Attributes = StringMap.Of(("type", "order")) } },
            },
            new()
            {
                Metadata = Named("audit"),
                Spec = new()
                {
                    Broker = "orders", Subscriber = new() { Uri = "http://audit.example/<in>" }, Filters = [new() { Cesql = "subject LIKE \"a%\"" }],
                },
            },
            new() { Metadata = Named("again"), Spec = new() { Broker = "orders", Subscriber = To("Broker", "orders") } },
        ],
        InMemoryChannels = [new() { Metadata = Named("log") }, new() { Metadata = Named("steps-kn-sequence-0") with { OwnerReferences = [Owner] } }],
        Subscriptions =
        [
            new()
            {
                Metadata = Named("keep"),
                Spec = new()
                {
                    Channel = new() { Kind = "InMemoryChannel", Name = "log" }, Subscriber = To("Service", "keeper"), Reply = To("Broker", "orders"),
                },
            },
        ],
        Sequences = [new() { Metadata = Named("steps"), Spec = new() { Steps = [Step("one"), Step("two")], Reply = To("InMemoryChannel", "log") } }],
        Parallels =
        [
            new()
            {
                Metadata = Named("fork"),
                Spec = new() { Branches = [new() { Filter = To("Service", "is-big"), Subscriber = To("Service", "big") }], Reply = To("Broker", "orders") },
            },
        ],
    };

    [Fact]
    public void Everything_that_sends_and_everything_that_is_sent_to_is_in_the_picture()
    {
        var graph = FlowGraphBuilder.Build(Shop);
        graph.Nodes.Select(n => n.Label).ShouldBe(
        [
            "broker orders", "channel log", "parallel fork", "sequence steps", "service big", "service billing", "service graveyard", "service is-big",
            "service keeper", "service one", "service two", "http://audit.example/<in>",
        ]);
        graph.Edges.Select(e => $"{e.From} {e.Kind} {e.To} {e.Label}".Replace("default/", "").TrimEnd()).ShouldBe(
        [
            "Broker/orders Events Broker/orders again",
            "Broker/orders Events Service/billing billing: type=order",
            "Broker/orders DeadLetters Service/graveyard",
            "Broker/orders Events http://audit.example/<in> audit: subject LIKE \"a%\"",
            "InMemoryChannel/log Events Service/keeper keep",
            "Parallel/fork Events Service/is-big fork filter 1",
            "Sequence/steps Events Service/one steps step 1",
            "Service/big Replies Broker/orders",
            "Service/is-big Events Service/big fork branch 1",
            "Service/keeper Replies Broker/orders",
            "Service/one Events Service/two steps step 2",
            "Service/two Replies InMemoryChannel/log steps",
        ]);
    }

    [Fact]
    public void Mermaid_has_a_shape_for_each_kind_and_no_sign_that_would_end_a_label()
    {
        var text = MermaidText.Write(FlowGraphBuilder.Build(Shop));
        text.ShouldStartWith("flowchart LR\n    n1{{\"broker orders\"}}\n    n2[(\"channel log\")]\n");
        text.ShouldContain("    n1 -->|\"billing: type=order\"| n6\n");
        text.ShouldContain("    n1 -.->|\"dead letters\"| n7\n");
        text.ShouldContain("[\"http://audit.example/#lt;in#gt;\"]");
        text.ShouldContain("|\"audit: subject LIKE #quot;a%#quot;\"|");
        text.ShouldContain("-.->|\"replies steps\"| n2");
    }

    [Fact]
    public void The_picture_is_XML_with_a_box_for_each_node_and_none_over_another()
    {
        var graph = FlowGraphBuilder.Build(Shop);
        var svg = XDocument.Parse(SvgPicture.Write(graph));
        var boxes = svg.Descendants().Where(e => e.Name.LocalName == "rect" && e.Attribute("x") is not null)
            .Select(e => (X: (int)e.Attribute("x")!, Y: (int)e.Attribute("y")!, Width: (int)e.Attribute("width")!, Height: (int)e.Attribute("height")!))
            .ToList();
        boxes.Count.ShouldBe(graph.Nodes.Length);
        foreach (var one in boxes)
        {
            boxes.Count(other => one.X < other.X + other.Width && other.X < one.X + one.Width && one.Y < other.Y + other.Height && other.Y < one.Y + one.Height)
                .ShouldBe(1);
        }
        svg.Descendants().Count(e => e.Name.LocalName == "path" && e.Attribute("marker-end") is not null).ShouldBe(graph.Edges.Length);
        XDocument.Parse(SvgPicture.Write(FlowGraphBuilder.Build(new()))).Root.ShouldNotBeNull();
    }

    [Fact]
    public void The_order_that_resources_come_in_makes_no_difference()
    {
        var turned = Shop with { Triggers = [.. Shop.Triggers.Reverse()] };
        SvgPicture.Write(FlowGraphBuilder.Build(turned)).ShouldBe(SvgPicture.Write(FlowGraphBuilder.Build(Shop)));
    }

    [Fact]
    public void Filters_are_said_in_a_few_words()
    {
        Say(new SubscriptionsApiFilter { Exact = StringMap.Of(("type", "a"), ("source", "b")) }).ShouldBe("source=b, type=a");
        Say(new SubscriptionsApiFilter { Prefix = StringMap.Of(("type", "a")) }, new SubscriptionsApiFilter { Suffix = StringMap.Of(("id", "z")) })
            .ShouldBe("type=a* AND id=*z");
        Say(new SubscriptionsApiFilter { Any = [new() { Cesql = "x = 1" }, new() { Not = new() { Exact = StringMap.Of(("y", "2")) } }] })
            .ShouldBe("(x = 1 OR NOT y=2)");
        Say(new SubscriptionsApiFilter { Cesql = new string('x', 100) }).Length.ShouldBe(60);
        FilterText.Of(new() { Filter = new() { Attributes = StringMap.Of(("type", "")) } }).ShouldBe("type=*");
        FilterText.Of(new()).ShouldBeEmpty();

        static string Say(params SubscriptionsApiFilter[] filters) => FilterText.Of(new TriggerSpec { Filters = [.. filters] });
    }

    private static ObjectMeta Named(string name) => new() { Name = name, Namespace = "default" };

    private static Destination To(string kind, string name) => new() { Ref = new() { Kind = kind, Name = name } };

    private static SequenceStep Step(string name) => new() { Ref = new() { Kind = "Service", Name = name } };
}
