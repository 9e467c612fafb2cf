using Shouldly;

namespace Kip.Tests.Cel;

/// <summary>Functions: CEL's own, those of its extensions, and those that Kubernetes adds.</summary>
public sealed class CelLibraryTests
{
    [Theory]
    [InlineData("int('-7') + int(2.9) + int(3u)", "-2")]
    [InlineData("int('7.5')", "error: type conversion error from '7.5' to 'int'")]
    [InlineData("int(1e30)", "error: integer overflow")]
    [InlineData("uint(-1)", "error: integer overflow")]
    [InlineData("double('1.5') + double(1)", "2.5")]
    [InlineData("string(1) + string(1.5) + string(true) + string(b'c') + string(2u)", "11.5truec2")]
    [InlineData("string(1e21) + ' ' + string(0.00001) + ' ' + string(100000.0)", "1e+21 1e-05 100000")]
    [InlineData(@"string(b'\xff')", "error: invalid UTF-8 in bytes, cannot convert to string")]
    [InlineData("bytes('añ').size()", "3")]
    [InlineData("bool('T') && !bool('0')", "true")]
    [InlineData("bool('yes')", "error: type conversion error from 'yes' to 'bool'")]
    [InlineData("type(1) == int && type('') == string && type([]) == list && type({}) == map && type(type(1)) == type", "true")]
    [InlineData("type(1) != type(1u) && type(null) == null_type", "true")]
    public void Values_are_converted(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("'tacocat'.contains('coc') && 'tacocat'.startsWith('ta') && 'tacocat'.endsWith('at')", "true")]
    [InlineData("'añ😊b'.charAt(2) + 'ab'.charAt(2)", "😊")]
    [InlineData("'ab'.charAt(3)", "error: index out of range: 3")]
    [InlineData("'hello mellow'.indexOf('ello') + 'hello mellow'.indexOf('ello', 2) + 'hello mellow'.indexOf('jello')", "7")]
    [InlineData("'hello mellow'.lastIndexOf('ello') + 'hello mellow'.lastIndexOf('ello', 6) + ''.lastIndexOf('')", "8")]
    [InlineData("'añ😊b'.indexOf('b')", "3")]
    [InlineData("'TacoCÆt'.lowerAscii() + 'tacoCÆt xii'.upperAscii()", "tacocÆtTACOCÆT XII")]
    [InlineData(
        "'hello hello'.replace('he', 'we') + ' ' + 'hello hello'.replace('he', 'we', 1) + ' ' + 'ab'.replace('', '_')",
        "wello wello wello hello _a_b_")]
    [InlineData("'a,b,c'.split(',')", "[a, b, c]")]
    [InlineData("['a,b,c'.split(',', 2), 'a,b'.split(',', 0), 'añ'.split('')]", "[[a, b,c], [], [a, ñ]]")]
    [InlineData("'tacocat'.substring(4) + 'tacocat'.substring(0, 4) + 'añ😊b'.substring(1, 3)", "cattacoñ😊")]
    [InlineData("'tacocat'.substring(4, 3)", "error: invalid substring range. start: 4, end: 3")]
    [InlineData("'  \\ttrim\\n '.trim() + 'gums'.reverse()", "trimsmug")]
    [InlineData("['hello', 'mellow'].join() + ['a', 'b'].join(' ') + [].join('x')", "hellomellowa b")]
    [InlineData("strings.quote('a\"b\\n')", "\"a\\\"b\\n\"")]
    [InlineData("'%s is %d%% of %.2f, %e, %x %X %o %b'.format(['a', 5, 2.345, 1052.032911275, 255, b'hi', 8, true])",
        "a is 5% of 2.35, 1.052033e+03, ff 6869 10 1")]
    [InlineData("'%s %s'.format([[1, 'a'], {'b': 2.0, 'a': null}])", "[1, a] {a: null, b: 2}")]
    [InlineData("'%s'.format([])", "error: index 0 out of range")]
    [InlineData("'%d'.format(['a'])", "error: could not parse formatting clause: %d does not take what it is given")]
    public void Texts_are_cut_and_made(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("'abc123'.matches('[0-9]+') && !'abc'.matches('^[0-9]+$') && matches('ab', r'^\\w+$')", "true")]
    [InlineData("'abc 123 def 45'.find('[0-9]+') + 'abc'.find('[0-9]')", "123")]
    [InlineData("'123 abc 456'.findAll('[0-9]+')", "[123, 456]")]
    [InlineData("'123 abc 456'.findAll('[0-9]+', 1)", "[123]")]
    [InlineData(
        "'a'.matches('(')",
        "problem: ERROR: <input>:1:12: invalid matches argument: error parsing regexp: Invalid pattern '(' at offset 1. Not enough )'s.")]
    public void Patterns_are_found(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("timestamp('2009-02-13T23:31:30Z').getFullYear()", "2009")]
    [InlineData("[timestamp('2009-02-13T23:31:30.123Z')].map(t, [t.getMonth(), t.getDate(), t.getDayOfMonth(), t.getDayOfWeek(), t.getDayOfYear(), "
        + "t.getHours(), t.getMilliseconds()])",
        "[[1, 13, 12, 5, 43, 23, 123]]")]
    [InlineData("timestamp('2009-02-13T23:31:30Z').getHours('+02:00') + timestamp('2009-02-13T23:31:30Z').getMinutes('-00:30')", "2")]
    [InlineData("timestamp('2009-02-13T23:31:30Z').getHours('Nowhere/Land')", "error: unknown time zone Nowhere/Land")]
    [InlineData("timestamp('2009-02-13T23:31:30Z') + duration('1h30m') - timestamp('2009-02-14T00:00:00Z')", "3690s")]
    [InlineData("string(timestamp('2009-02-13T23:31:30.5+01:00')) + ' ' + string(duration('1.5s') + duration('100ms'))", "2009-02-13T22:31:30.5Z 1.6s")]
    [InlineData("int(timestamp('1970-01-01T00:01:00Z')) + int(timestamp(5))", "65")]
    [InlineData("duration('3730s').getHours() + duration('3730s').getMinutes() + duration('1.234s').getMilliseconds()", "297")]
    [InlineData("timestamp('yesterday')", "error: type conversion error from 'yesterday' to 'timestamp'")]
    [InlineData("duration('3 days')", "error: type conversion error from '3 days' to 'duration'")]
    [InlineData("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error: range error: timestamp or duration overflow")]
    [InlineData("duration('1m') > duration('59s') && timestamp(1) < timestamp(2)", "true")]
    public void Time_is_counted(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("[1, 2, 2].isSorted() && !['b', 'a'].isSorted() && [].isSorted()", "true")]
    [InlineData("[1, 3, 2].sum() + [1, 3, 2].min() + [1, 3, 2].max()", "10")]
    [InlineData("[duration('1m'), duration('1s')].sum()", "61s")]
    [InlineData("[].sum()", "0")]
    [InlineData("x.sum()", "3.5")]
    [InlineData("[1.5].filter(n, false).min()", "error: min called on empty list")]
    [InlineData("['a', 'b', 'a'].indexOf('a') + ['a', 'b', 'a'].lastIndexOf('a') + ['a'].indexOf('z')", "1")]
    [InlineData("sets.contains([1, 2, 3], [2, 2]) && sets.equivalent([1, 2], [2, 1, 1]) && !sets.intersects([1], [2])", "true")]
    [InlineData("[true].sum()", "problem: ERROR: <input>:1:11: found no matching overload for 'sum' applied to 'list(bool).()'")]
    public void Lists_are_summed_and_searched(string expression, string expected) => CelAnswers.Run(expression, "[1.5, 2.0]").ShouldBe(expected);

    [Theory]
    [InlineData("quantity('1.5Gi').isGreaterThan(quantity('1500M')) && quantity('100m').isLessThan(quantity('1'))", "true")]
    [InlineData("quantity('50k').add(20).compareTo(quantity('50020')) + quantity('1').sub(quantity('2')).sign()", "-1")]
    [InlineData("quantity('5000m').asInteger() + (quantity('1.5').isInteger() ? 100 : 0)", "5")]
    [InlineData("quantity('1.5').asInteger()", "error: cannot convert value to integer")]
    [InlineData("quantity('-1.5').asApproximateFloat()", "-1.5")]
    [InlineData("isQuantity('1Mi') && isQuantity('-1') && !isQuantity('a') && !isQuantity('1MiB')", "true")]
    public void Quantities_are_compared(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("[url('https://user@example.com:80/a%20b/c?k=v&k=w#f')].map(u, [u.getScheme(), u.getHost(), u.getHostname(), u.getPort(), u.getEscapedPath()])",
        "[[https, example.com:80, example.com, 80, /a%20b/c]]")]
    [InlineData("url('https://example.com/?k=v&k=w%20x').getQuery()", "{k: [v, w x]}")]
    [InlineData("url('http://[::1]:8080/').getHostname()", "::1")]
    [InlineData("isURL('/path/only') && isURL('http://example.com') && !isURL('relative') && !isURL('http://a b') && !isURL('http://a:port/')", "true")]
    [InlineData("url('../up')", "error: URL parse error during conversion from string: parse \"../up\": invalid URI for request")]
    public void Urls_have_parts(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0') && !isIP('010.0.0.1') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')", "true")]
    [InlineData("ip('10.0.0.1').family() + ip('2001:db8::1').family()", "10")]
    [InlineData("ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD')", "true")]
    [InlineData(
        "ip('127.0.0.1').isLoopback() && ip('169.254.1.1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast() && ip('8.8.8.8').isGlobalUnicast()",
        "true")]
    [InlineData("ip('not')", "error: IP Address 'not' parse error during conversion from string")]
    [InlineData("cidr('192.168.0.0/24').containsIP('192.168.0.5') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.5'))", "true")]
    [InlineData("cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('192.168.1.0/24').containsCIDR(cidr('192.168.0.0/16'))", "true")]
    [InlineData(
        "string(cidr('192.168.1.5/24').masked()) + ' ' + string(cidr('::1/128').ip()) + ' ' + string(cidr('10.0.0.0/8').prefixLength())",
        "192.168.1.0/24 ::1 8")]
    [InlineData("isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/08')", "true")]
    public void Addresses_are_told_apart(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("isSemver('1.2.3') && isSemver('1.0.0-rc.1+build.5') && !isSemver('1.2') && !isSemver('v1.2.3') && !isSemver('01.2.3')", "true")]
    [InlineData("isSemver('1.2.3-') || isSemver('1.2.3-01') || isSemver('1.2.3+') || isSemver('1.2.3.4') || isSemver('99999999999999999999.0.0')", "false")]
    [InlineData("isSemver('v01.2', true) && semver('v01.2', true) == semver('1.2.0') && !isSemver('', true)", "true")]
    [InlineData("[semver('1.22.333')].map(v, [v.major(), v.minor(), v.patch()])", "[[1, 22, 333]]")]
    [InlineData("semver('1.10.0').isGreaterThan(semver('1.9.9')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))", "true")]
    [InlineData("semver('1.0.0+a').compareTo(semver('1.0.0+b')) == 0 && semver('1.0.0+a') == semver('1.0.0')", "true")]
    [InlineData(
        "[['alpha', 'alpha.1'], ['alpha.1', 'alpha.beta'], ['alpha.beta', 'beta'], ['beta.2', 'beta.11'], ['beta.11', 'rc.1']]"
        + ".all(p, semver('1.0.0-' + p[0]).compareTo(semver('1.0.0-' + p[1])) == -1)", "true")]
    [InlineData("semver('one')", "error: \"one\" is not a semantic version, such as 1.2.3 or 1.2.3-rc.1")]
    public void Versions_are_compared(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("format.dns1123Label().validate('my-name')", "nothing")]
    [InlineData("!format.dns1123Label().validate('My').hasValue()", "false")]
    [InlineData(
        "format.dns1123Label().validate('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').value()", "[must be no more than 63 bytes]")]
    [InlineData("format.dns1123Subdomain().validate('a.b-c').hasValue() || format.dns1035Label().validate('a1').hasValue()", "false")]
    [InlineData("format.dns1035Label().validate('1a').hasValue() && format.dns1123LabelPrefix().validate('.a-').hasValue()", "true")]
    [InlineData("format.dns1123LabelPrefix().validate('a-').hasValue() || format.dns1123SubdomainPrefix().validate('a.b-').hasValue()", "false")]
    [InlineData("format.qualifiedName().validate('example.com/Name').hasValue() || format.labelValue().validate('A_b').hasValue()", "false")]
    [InlineData("[format.uuid(), format.byte(), format.date(), format.datetime()].map(f, f.validate('*').value()[0])",
        "[does not match the UUID format, invalid base64, invalid date, invalid datetime]")]
    [InlineData("format.named('uri').value().validate('/a').hasValue()", "false")]
    [InlineData("format.named('nothing')", "nothing")]
    public void Texts_are_compared_with_named_formats(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);
}
