using Kip.Resources;
using Kip.Resources.Selectors;
using Kip.Rules.Admission;

namespace Kip.Rules.Eventing.Configs;

/// <summary>Where a Broker called <c>default</c> is made without being asked for: the ConfigMap <c>config-sugar</c>.</summary>
public sealed record SugarConfig
{
    public const string MapName = "config-sugar";
    private const string NamespaceKey = "namespace-selector";
    private const string TriggerKey = "trigger-selector";

    public static readonly SugarConfig Default = new();

    /// <summary>Namespaces that get one; null: none does.</summary>
    public LabelQuery? Namespaces { get; init; }

    /// <summary>Triggers whose Broker is made; null: none is.</summary>
    public LabelQuery? Triggers { get; init; }

    /// <summary>Reads the ConfigMap's data. An empty value is off, <c>{}</c> is everything.</summary>
    public static SugarConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        var found = new List<FieldError>();
        var config = new SugarConfig { Namespaces = Read(data, NamespaceKey, found), Triggers = Read(data, TriggerKey, found) };
        errors = found;
        return config;
    }

    private static LabelQuery? Read(StringMap data, string key, List<FieldError> errors)
    {
        if (data.Get(key)?.Trim() is not { Length: > 0 } text || text == "\"\"") return null;
        if (ConfigYaml.Read(text, EventingConfigJson.Default.LabelSelector, out var error) is { } selector)
        {
            try
            {
                return LabelQuery.From(selector);
            }
            catch (FormatException wrong)
            {
                error = wrong.Message;
            }
        }
        errors.Add(new FieldError($"data[{key}]", "FieldValueInvalid", error));
        return null;
    }
}
