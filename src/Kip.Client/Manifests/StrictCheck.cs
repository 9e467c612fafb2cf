using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kip.Resources.Yaml;
using Kip.Resources;

namespace Kip.Client.Manifests;

/// <summary>Compares a document with the type it is to be read as: every field must be known and of the right type.</summary>
internal sealed class StrictCheck(Action<int, string> report)
{
    /// <summary>Reports every difference with its line, its path and what to do.</summary>
    public void Check(DocumentNode node, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (node is ScalarNode { Kind: ScalarKind.Null } || type == typeof(RawJson)) return;
        if (type == typeof(string)) CheckText(node, path);
        else if (type == typeof(bool)) Expect(node, path, "true or false", ScalarKind.Bool);
        else if (type == typeof(int) || type == typeof(long)) CheckInteger(node, type, path);
        else if (type == typeof(double)) Expect(node, path, "a number", ScalarKind.Integer, ScalarKind.Float);
        else if (type == typeof(IntOrString)) Expect(node, path, "an integer or a string", ScalarKind.Integer, ScalarKind.String);
        else if (type == typeof(DateTimeOffset)) CheckTime(node, path);
        else if (type == typeof(StringMap)) CheckStringMap(node, path);
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>)) CheckList(node, type, path);
        else CheckObject(node, type, path);
    }

    private static string Describe(DocumentNode node) => node switch
    {
        MapNode => "a map",
        ListNode => "a list",
        ScalarNode { Kind: ScalarKind.Bool } scalar => scalar.Written == scalar.Text ? scalar.Text : $"{scalar.Written} (which YAML reads as {scalar.Text})",
        ScalarNode { Kind: ScalarKind.String } scalar => $"the string \"{scalar.Text}\"",
        ScalarNode scalar => $"the number {scalar.Written}",
        _ => "something else",
    };

    private void Expect(DocumentNode node, string path, string wanted, params ReadOnlySpan<ScalarKind> kinds)
    {
        if (node is ScalarNode scalar && kinds.Contains(scalar.Kind)) return;
        report(node.Line, $"{path} must be {wanted}, not {Describe(node)}");
    }

    private void CheckText(DocumentNode node, string path)
    {
        if (node is ScalarNode { Kind: ScalarKind.String }) return;
        var hint = node is ScalarNode scalar ? $": put it in quotes, \"{scalar.Written}\"" : "";
        report(node.Line, $"{path} must be a string, not {Describe(node)}{hint}");
    }

    private void CheckInteger(DocumentNode node, Type type, string path)
    {
        var (least, most) = type == typeof(int) ? (int.MinValue, int.MaxValue) : (long.MinValue, long.MaxValue);
        if (node is not ScalarNode { Kind: ScalarKind.Integer } scalar)
        {
            var hint = node is ScalarNode { Kind: ScalarKind.String } text && long.TryParse(text.Text, out _) ? ": leave out the quotes" : "";
            report(node.Line, $"{path} must be an integer, not {Describe(node)}{hint}");
        }
        else if (!long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            report(node.Line, $"{path} must be from {least} to {most}, not {scalar.Written}");
        }
    }

    private void CheckTime(DocumentNode node, string path)
    {
        var isTime = node is ScalarNode { Kind: ScalarKind.String } text
            && DateTimeOffset.TryParse(text.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
        if (!isTime) report(node.Line, $"{path} must be a time such as 2026-01-31T12:00:00Z, not {Describe(node)}");
    }

    private void CheckStringMap(DocumentNode node, string path)
    {
        if (node is not MapNode map) report(node.Line, $"{path} must be a map of strings, not {Describe(node)}");
        else
            foreach (var (key, _, value) in map.Entries)
                if (value is not ScalarNode { Kind: ScalarKind.Null }) CheckText(value, $"{path}[{key}]");
    }

    private void CheckList(DocumentNode node, Type type, string path)
    {
        if (node is not ListNode list)
        {
            report(node.Line, $"{path} must be a list, not {Describe(node)}: begin each item with \"- \"");
            return;
        }
        var element = type.GetGenericArguments()[0];
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is ScalarNode { Kind: ScalarKind.Null }) report(list.Items[i].Line, $"{path}[{i}] is empty: fill it in or remove it");
            else Check(list.Items[i], element, $"{path}[{i}]");
        }
    }

    private void CheckObject(DocumentNode node, Type type, string path)
    {
        var info = WireJson.Options.GetTypeInfo(type);
        // A type that is read by a converter of its own decides itself what it takes.
        if (info.Kind != JsonTypeInfoKind.Object) return;
        if (node is not MapNode map)
        {
            report(node.Line, $"{(path.Length == 0 ? "the document" : path)} must be a map of fields, not {Describe(node)}");
            return;
        }
        foreach (var (key, line, value) in map.Entries) CheckField(info, key, line, value, path);
        foreach (var property in info.Properties)
            if (property.IsRequired && map.Get(property.Name) is null or ScalarNode { Kind: ScalarKind.Null })
                report(map.Line, $"{Join(path, property.Name)} is missing");
    }

    private void CheckField(JsonTypeInfo info, string key, int line, DocumentNode value, string path)
    {
        var property = info.Properties.FirstOrDefault(p => p.Name == key);
        if (property is null)
        {
            var meant = NearestName.Of(key, info.Properties.Select(static p => p.Name));
            var fields = string.Join(", ", info.Properties.Select(static p => p.Name).Order(StringComparer.Ordinal));
            var hint = meant is null ? $"the fields here are {fields}" : $"did you mean \"{meant}\"?";
            report(line, $"unknown field \"{Join(path, key)}\": {hint}");
        }
        else if (property.CustomConverter is null || property.PropertyType == typeof(DateTimeOffset?))
        {
            Check(value, property.PropertyType, Join(path, key));
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
