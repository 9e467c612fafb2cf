using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Kip.Resources.AdmissionRegistration;
using Kip.Rules.Cel;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Admission.Webhooks;

/// <summary>A webhook's <c>matchConditions</c>, ready to be asked about writes: it is called only where all of them hold.</summary>
public sealed class MatchConditions
{
    // Kubernetes' limits: of one condition, and of all of a webhook for one write.
    private const long ConditionBudget = 1_000_000;
    private const long WebhookBudget = 2_500_000;

    private static readonly CelVariable[] Variables =
        [new("object", CelType.Dyn), new("oldObject", CelType.Dyn), new("request", RequestType())];

    private readonly ImmutableArray<(string Text, CelExpression? Expression, string? Problem)> _conditions;

    private MatchConditions(IEnumerable<MatchCondition> conditions) => _conditions = [.. conditions.Select(static condition => Compile(condition.Expression))];

    public bool IsEmpty => _conditions.IsEmpty;

    public static MatchConditions Of(Webhook webhook) => new(webhook.MatchConditions);

    /// <summary>Why an expression is no condition; null when it is one.</summary>
    public static string? ProblemOf(string expression) => Compile(expression).Problem;

    /// <summary>Whether all conditions hold.</summary>
    /// <param name="request">The <c>request</c> of the AdmissionReview that the webhook would be sent.</param>
    /// <param name="problem">Why that cannot be said, when no condition says no.</param>
    public bool Hold(JsonElement request, out string? problem)
    {
        problem = null;
        var left = WebhookBudget;
        foreach (var (text, expression, unreadable) in _conditions)
        {
            var budget = new CelBudget(Math.Min(left, ConditionBudget));
            var outcome = expression?.Evaluate([Member(request, "object"), Member(request, "oldObject"), CelJson.Of(request)], budget)
                ?? new CelError(unreadable ?? "no condition");
            if (outcome is CelBool { Value: false })
            {
                problem = null;
                return false;
            }
            left = Math.Max(0, left - Math.Min(left, ConditionBudget) + budget.Left);
            if (outcome is not CelBool) problem ??= $"expression '{text}' resulted in error: {(outcome as CelError ?? CelError.NoSuchOverload).Message}";
        }
        return problem is null;
    }

    private static CelValue Member(JsonElement request, string name) => request.TryGetProperty(name, out var member) ? CelJson.Of(member) : CelNull.Instance;

    private static (string Text, CelExpression? Expression, string? Problem) Compile(string text)
    {
        var expression = CelExpression.Compile(text, Variables, out var problem);
        if (expression?.Type.Kind is not (null or CelKind.Bool or CelKind.Dyn)) return (text, null, "must evaluate to bool");
        return (text, expression, problem is null ? null : $"compilation failed: {problem}");
    }

    private static CelType RequestType()
    {
        var kind = Object(("group", CelType.Text), ("version", CelType.Text), ("kind", CelType.Text));
        var resource = Object(("group", CelType.Text), ("version", CelType.Text), ("resource", CelType.Text));
        var user = Object(
            ("username", CelType.Text), ("uid", CelType.Text), ("groups", CelType.ListOf(CelType.Text)),
            ("extra", CelType.MapOf(CelType.Text, CelType.ListOf(CelType.Text))));
        return Object(
            ("kind", kind), ("resource", resource), ("subResource", CelType.Text), ("requestKind", kind), ("requestResource", resource),
            ("requestSubResource", CelType.Text), ("name", CelType.Text), ("namespace", CelType.Text), ("operation", CelType.Text), ("userInfo", user),
            ("dryRun", CelType.Bool), ("options", CelType.Dyn));
    }

    private static CelType Object(params (string Name, CelType Type)[] fields) =>
        CelType.Object(() => fields.ToFrozenDictionary(static field => field.Name, static field => field.Type));
}
