using System.Text;

namespace Kip.Rules.RequestLogs;

/// <summary>What the fields of a part of a template belong to.</summary>
/// <param name="Root">What <c>$</c> is.</param>
/// <param name="Dot">What <c>.</c> is.</param>
internal readonly record struct TemplateScope(RequestLogEntry Root, object? Dot);

/// <summary>A part of a template.</summary>
internal abstract record TemplateNode
{
    public abstract void Write(StringBuilder line, TemplateScope scope);

    /// <summary>Words as they are.</summary>
    public sealed record Literal(string Text) : TemplateNode
    {
        public override void Write(StringBuilder line, TemplateScope scope) => line.Append(Text);
    }

    /// <summary><c>{{pipeline}}</c></summary>
    public sealed record Action(TemplatePipeline Pipeline) : TemplateNode
    {
        public override void Write(StringBuilder line, TemplateScope scope) => line.Append(TemplateValues.Text(Pipeline.Evaluate(scope)));
    }

    /// <summary><c>{{if}}</c>, and <c>{{with}}</c>, which also moves the dot.</summary>
    public sealed record Choice(TemplatePipeline Condition, bool MovesDot, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) : TemplateNode
    {
        public override void Write(StringBuilder line, TemplateScope scope)
        {
            var value = Condition.Evaluate(scope);
            var holds = TemplateValues.IsTrue(value);
            foreach (var node in holds ? Then : Else) node.Write(line, holds && MovesDot ? scope with { Dot = value } : scope);
        }
    }

    /// <summary><c>{{range}}</c></summary>
    public sealed record Loop(TemplatePipeline Over, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else) : TemplateNode
    {
        public override void Write(StringBuilder line, TemplateScope scope)
        {
            if (Over.Evaluate(scope) is not IReadOnlyList<string> list) throw new TemplateException("range is over something that is no list");
            foreach (var item in list)
                foreach (var node in Body) node.Write(line, scope with { Dot = item });
            if (list.Count > 0) return;
            foreach (var node in Else) node.Write(line, scope);
        }
    }
}
