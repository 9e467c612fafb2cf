using System.Text;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Admission.Core;

/// <summary>Defaults and rules of Secrets and ConfigMaps.</summary>
internal static class SecretAdmission
{
    private const int LargestData = 1024 * 1024;

    public static Secret Default(Secret secret)
    {
        if (secret.Type is not null && secret.StringData.IsEmpty) return secret;
        var encoded = StringMap.From(((IEnumerable<KeyValuePair<string, string>>)secret.StringData)
            .Select(static e => new KeyValuePair<string, string>(e.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(e.Value)))));
        return secret with { Type = secret.Type ?? "Opaque", Data = secret.Data.With(encoded), StringData = default };
    }

    public static void Validate(Secret secret, Secret? old, FieldErrors errors)
    {
        ValidateData(secret.Data, "data", errors);
        foreach (var (key, value) in secret.Data)
            if (!IsBase64(value)) errors.Say("illegal base64 data", $"data[{key}]");
        if (old?.Immutable == true && (secret.Data != old.Data || secret.Immutable != true)) errors.Forbidden("data", "field is immutable when `immutable` is set");
        if (old?.Type is not null && old.Type != secret.Type) errors.InvalidValue(secret.Type, "type", "field is immutable");
    }

    public static void Validate(ConfigMap map, ConfigMap? old, FieldErrors errors)
    {
        ValidateData(map.Data, "data", errors);
        ValidateData(map.BinaryData, "binaryData", errors);
        if (old?.Immutable == true && (map.Data != old.Data || map.BinaryData != old.BinaryData || map.Immutable != true))
            errors.Forbidden("data", "field is immutable when `immutable` is set");
    }

    private static void ValidateData(StringMap data, string field, FieldErrors errors)
    {
        var size = 0L;
        foreach (var (key, value) in data)
        {
            size += value.Length;
            if (key.Length is 0 or > 253 || key is "." or ".." || key.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
                errors.InvalidValue(key, $"{field}[{key}]", "a valid config key must consist of alphanumeric characters, '-', '_' or '.'");
        }
        if (size > LargestData) errors.Say($"Too long: may not be more than {LargestData} bytes", field);
    }

    private static bool IsBase64(string text)
    {
        var buffer = new byte[(text.Length / 4 + 1) * 3];
        return Convert.TryFromBase64String(text, buffer, out _);
    }
}
