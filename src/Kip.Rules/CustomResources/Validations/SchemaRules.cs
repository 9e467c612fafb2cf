using System.Text.Json;
using Kip.Rules.Admission;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>The <c>x-kubernetes-validations</c> of a schema, ready to be asked about objects.</summary>
public sealed class SchemaRules
{
    // Kubernetes' limits: of one rule for one value, and of all for one object.
    private const long RuleBudget = 1_000_000;
    private const long ObjectBudget = 10_000_000;

    private readonly RuleTree? _tree;

    private SchemaRules(RuleTree? tree) => _tree = tree;

    /// <summary>Whether there is nothing to ask.</summary>
    public bool IsEmpty => _tree is null;

    /// <summary>The rules of a schema.</summary>
    /// <param name="isResource">Whether it describes whole objects, with apiVersion, kind and metadata.</param>
    public static SchemaRules Of(StructuralSchema schema, bool isResource) => new(RuleTree.Of(schema, isResource));

    /// <summary>The rules that do not hold for a value, in Kubernetes' words. The value has the types that its schema says.</summary>
    /// <param name="old">What is stored now. Of parts that have not changed only rules that compare with it are asked, as in Kubernetes.</param>
    public IReadOnlyList<FieldError> Validate(JsonElement value, JsonElement? old)
    {
        if (_tree is null) return [];
        var asking = new Asking();
        asking.Value(value, old, _tree, "", isSame: false);
        return asking.Errors;
    }

    /// <summary>One object being asked about.</summary>
    private sealed class Asking
    {
        private long _left = ObjectBudget;

        public List<FieldError> Errors { get; } = [];

        public void Value(JsonElement value, JsonElement? old, RuleTree tree, string path, bool isSame)
        {
            // A null is for the rules around it to judge.
            if (value.ValueKind == JsonValueKind.Null || _left < 0) return;
            isSame = isSame || (old is { } before && JsonElement.DeepEquals(value, before));
            if (isSame && !tree.ComparesWithBefore) return;
            Rules(value, old, tree, path, isSame);
            if (value.ValueKind == JsonValueKind.Object) Members(value, old, tree, path, isSame);
            else if (value.ValueKind == JsonValueKind.Array && tree.Items is { } items) Items(value, old, tree.Schema, items, path, isSame);
        }

        private void Members(JsonElement value, JsonElement? old, RuleTree tree, string path, bool isSame)
        {
            foreach (var member in value.EnumerateObject())
            {
                JsonElement? before = old is { ValueKind: JsonValueKind.Object } some && some.TryGetProperty(member.Name, out var found) ? found : null;
                if (tree.Properties.TryGetValue(member.Name, out var known))
                    Value(member.Value, before, known, path.Length == 0 ? member.Name : $"{path}.{member.Name}", isSame);
                else if (tree.AdditionalProperties is { } other) Value(member.Value, before, other, $"{path}[{member.Name}]", isSame);
            }
        }

        private void Items(JsonElement value, JsonElement? old, StructuralSchema schema, RuleTree items, string path, bool isSame)
        {
            var before = schema.ListType == "map" ? ListKeys.ByKey(old, schema) : null;
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                JsonElement? earlier = before is not null && before.TryGetValue(ListKeys.Of(item, schema).ToString(), out var found) ? found : null;
                Value(item, earlier, items, $"{path}[{index++}]", isSame);
            }
        }

        private void Rules(JsonElement value, JsonElement? old, RuleTree tree, string path, bool isSame)
        {
            if (tree.Rules.IsEmpty) return;
            var self = SchemaValues.Of(value, tree.Schema, tree.IsResource);
            var oldSelf = old is { ValueKind: not JsonValueKind.Null } before ? SchemaValues.Of(before, tree.Schema, tree.IsResource) : null;
            foreach (var rule in tree.Rules)
            {
                if (_left < 0) return;
                var isOptional = rule.Source.OptionalOldSelf == true;
                if (rule.UsesOldSelf ? oldSelf is null && !isOptional : isSame) continue;
                Ask(rule, self, isOptional ? new CelOptional(oldSelf) : oldSelf, tree.Schema.Type, path);
            }
        }

        private void Ask(CompiledRule rule, CelValue self, CelValue? oldSelf, string type, string path)
        {
            var budget = new CelBudget(Math.Min(_left, RuleBudget));
            if (rule.Problem is { } problem)
            {
                Add(path, type, $"rule compile error: {problem}");
                return;
            }
            var outcome = rule.Condition!.Evaluate([self, oldSelf], budget);
            if (!Spend(budget, rule, type, path)) return;
            if (outcome is CelBool { Value: true }) return;
            if (outcome is not CelBool) AddFailure(outcome, rule, type, path);
            else Refuse(rule, self, oldSelf, type, path);
        }

        // Where the budget is gone nothing more is asked, and the object is refused.
        private bool Spend(CelBudget budget, CompiledRule rule, string type, string path)
        {
            if (budget.Left >= 0)
            {
                _left -= Math.Min(_left, RuleBudget) - budget.Left;
                return true;
            }
            Add(path, type, _left < RuleBudget ? "validation failed due to running out of cost budget, no further validation rules will be run"
                : "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for "
                + $"rule: {rule.Source.Words}");
            _left = -1;
            return false;
        }

        private void AddFailure(CelValue outcome, CompiledRule rule, string type, string path)
        {
            var why = (outcome as CelError ?? CelError.NoSuchOverload).Message;
            Add(path, type, why == CelError.NoSuchOverload.Message
                ? $"'{why}': call arguments did not match a supported operator, function or macro signature for rule: {rule.Source.Words}"
                : $"{why} evaluating rule: {rule.Source.Words}");
        }

        private void Refuse(CompiledRule rule, CelValue self, CelValue? oldSelf, string type, string path)
        {
            var budget = new CelBudget(Math.Min(_left, RuleBudget));
            var message = rule.Refusal([self, oldSelf], budget);
            if (budget.Left < 0) message = rule.Source.Refusal;
            _left -= Math.Min(_left, RuleBudget) - Math.Max(budget.Left, 0);
            if (rule.Field is { } field) path = path.Length == 0 || field[0] == '[' ? path + field : $"{path}.{field}";
            switch (rule.Source.Reason)
            {
                case "FieldValueForbidden": Errors.Add(new(Named(path), "FieldValueForbidden", $"Forbidden: {message}")); break;
                case "FieldValueRequired": Errors.Add(new(Named(path), "FieldValueRequired", $"Required value: {message}")); break;
                case "FieldValueDuplicate": Errors.Add(new(Named(path), "FieldValueDuplicate", $"Duplicate value: \"{type}\"")); break;
                default: Add(path, type, message); break;
            }
        }

        private void Add(string path, string type, string message) =>
            Errors.Add(new(Named(path), "FieldValueInvalid", $"Invalid value: \"{type}\": {message}"));

        // The object itself has no path; this is how Kubernetes writes that.
        private static string Named(string path) => path.Length == 0 ? "<nil>" : path;
    }
}
