namespace Kip.Rules.RequestLogs;

/// <summary>Commands of which each gets the value of the one before as its last argument.</summary>
internal sealed record TemplatePipeline(IReadOnlyList<TemplateCommand> Commands)
{
    public object? Evaluate(TemplateScope scope)
    {
        object? value = null;
        for (var i = 0; i < Commands.Count; i++) value = Commands[i].Evaluate(scope, i == 0 ? [] : [value]);
        return value;
    }
}

/// <summary>A function and its arguments, or a single operand.</summary>
internal sealed record TemplateCommand(string? Function, IReadOnlyList<TemplateOperand> Operands)
{
    public object? Evaluate(TemplateScope scope, object?[] piped)
    {
        var values = Operands.Select(o => o.Evaluate(scope)).Concat(piped).ToArray();
        if (Function is not null) return TemplateFunctions.Call(Function, values);
        // Header.Get is the one method there is.
        return values is [TemplateValues.HeaderGet get, string name]
            ? get.Of(name)
            : values is [var only] ? only : throw new TemplateException("a field takes no arguments");
    }
}

/// <summary>A field, or a constant.</summary>
internal sealed record TemplateOperand(object? Constant, IReadOnlyList<string>? Path, bool FromRoot = false, TemplatePipeline? Inner = null)
{
    public object? Evaluate(TemplateScope scope)
    {
        if (Path is null) return Inner is null ? Constant : Inner.Evaluate(scope);
        var value = FromRoot ? scope.Root : scope.Dot;
        foreach (var name in Path) value = TemplateValues.Field(value, name);
        return value;
    }
}
