using System.Runtime.CompilerServices;

namespace Kip.Conformance;

/// <summary>What a case asserts.</summary>
public static class Expect
{
    /// <summary>Fails with a sentence unless the condition holds.</summary>
    public static void That(bool condition, string otherwise)
    {
        if (!condition) throw new CaseFailedException(otherwise);
    }

    /// <summary>Fails unless the two are equal.</summary>
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new CaseFailedException($"{what}: expected {Shown(expected)}, got {Shown(actual)}");
    }

    /// <summary>Fails unless the text contains the part.</summary>
    public static void Contains(string part, string? text, [CallerArgumentExpression(nameof(text))] string what = "")
    {
        if (text?.Contains(part, StringComparison.Ordinal) != true)
            throw new CaseFailedException($"{what}: expected it to contain {Shown(part)}, got {Shown(text)}");
    }

    /// <summary>Fails when the value is null or empty; else returns it.</summary>
    public static string Present(string? value, [CallerArgumentExpression(nameof(value))] string what = "") =>
        string.IsNullOrEmpty(value) ? throw new CaseFailedException($"{what} is empty") : value;

    /// <summary>Fails unless the object is there.</summary>
    public static T Found<T>(T? value, [CallerArgumentExpression(nameof(value))] string what = "") where T : class =>
        value ?? throw new CaseFailedException($"{what} is not there");

    private static string Shown<T>(T value) => value switch
    {
        null => "nothing",
        string text => $"\"{text}\"",
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>())}]",
        _ => value.ToString()!,
    };
}
