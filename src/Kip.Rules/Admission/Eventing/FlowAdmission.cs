using Kip.Resources;
using Kip.Resources.Flows;
using Kip.Rules.Eventing.Configs;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of Sequences and Parallels.</summary>
internal static class FlowAdmission
{
    public static Sequence Default(Sequence sequence, EventingConfig config)
    {
        var space = sequence.Metadata.Namespace;
        var spec = sequence.Spec with
        {
            ChannelTemplate = sequence.Spec.ChannelTemplate ?? config.Channels.For(space),
            Reply = DestinationRules.Default(sequence.Spec.Reply, space),
            Steps = sequence.Spec.Steps
                .Select(s => DestinationRules.Default(s, space)! with { Delivery = DeliveryRules.Default(s.Delivery, space) }).ToValueList(),
        };
        return spec == sequence.Spec ? sequence : sequence with { Spec = spec };
    }

    public static Parallel Default(Parallel parallel, EventingConfig config)
    {
        var space = parallel.Metadata.Namespace;
        var spec = parallel.Spec with
        {
            ChannelTemplate = parallel.Spec.ChannelTemplate ?? config.Channels.For(space),
            Reply = DestinationRules.Default(parallel.Spec.Reply, space),
            Branches = parallel.Spec.Branches.Select(b => b with
            {
                Filter = DestinationRules.Default(b.Filter, space),
                Subscriber = DestinationRules.Default(b.Subscriber, space)!,
                Reply = DestinationRules.Default(b.Reply, space),
                Delivery = DeliveryRules.Default(b.Delivery, space),
            }).ToValueList(),
        };
        return spec == parallel.Spec ? parallel : parallel with { Spec = spec };
    }

    public static void Validate(Sequence sequence, EventingConfig config, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        if (sequence.Spec.Steps.IsEmpty) errors.Missing("steps");
        for (var i = 0; i < sequence.Spec.Steps.Count; i++)
        {
            using (errors.In("steps", i))
            {
                DestinationRules.Validate(sequence.Spec.Steps[i], errors);
                DeliveryRules.Validate(sequence.Spec.Steps[i].Delivery, config.Features, errors);
            }
        }
        ChannelTemplateRules.Validate(sequence.Spec.ChannelTemplate, errors);
        if (sequence.Spec.Reply is { } reply)
            using (errors.In("reply")) DestinationRules.Validate(reply, errors);
    }

    public static void Validate(Parallel parallel, EventingConfig config, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        if (parallel.Spec.Branches.IsEmpty) errors.Missing("branches");
        for (var i = 0; i < parallel.Spec.Branches.Count; i++)
            using (errors.In("branches", i)) Validate(parallel.Spec.Branches[i], config, errors);
        ChannelTemplateRules.Validate(parallel.Spec.ChannelTemplate, errors);
        if (parallel.Spec.Reply is { } reply)
            using (errors.In("reply")) DestinationRules.Validate(reply, errors);
    }

    private static void Validate(ParallelBranch branch, EventingConfig config, FieldErrors errors)
    {
        if (branch.Filter is { } filter)
            using (errors.In("filter")) DestinationRules.Validate(filter, errors);
        using (errors.In("subscriber")) DestinationRules.Validate(branch.Subscriber, errors);
        if (branch.Reply is { } reply)
            using (errors.In("reply")) DestinationRules.Validate(reply, errors);
        DeliveryRules.Validate(branch.Delivery, config.Features, errors);
    }
}
