"""Names that C, C++ and C's standard library have: what a C file calls its own must be none of them.

WORDS mean the same everywhere in a file. LIBRARY may be the name of a parameter, but not of a function or an array of
the file: a compiler knows what it declares, also where nothing is included.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


C_WORDS = _words(
    """
    auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    """
)
CPP_WORDS = C_WORDS - {"restrict"} | _words(
    """
    alignas alignof and and_eq asm bitand bitor bool catch char16_t char32_t class compl const_cast constexpr
    decltype delete dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq nullptr
    operator or or_eq private protected public reinterpret_cast static_assert static_cast template this thread_local
    throw true try typeid typename using virtual wchar_t xor xor_eq
    """
)
# Functions of math.h, each also with an f and an l at its end; the first are those that kernels call.
CALLED = _words(
    """
    atan2 cbrt ceil cos exp expm1 fabs floor log log1p pow rint round sin sqrt tan tanh trunc
    """
)
_MATH = CALLED | _words(
    """
    acos acosh asin asinh atan atanh copysign cosh drem erf erfc exp2 fdim finite fma fmax fmin fmod frexp gamma
    hypot ilogb isinf isnan j0 j1 jn ldexp lgamma llrint llround log10 log2 logb lrint lround modf nan nearbyint
    nextafter nexttoward remainder remquo scalb scalbln scalbn significand sinh tgamma y0 y1 yn
    """
)
_COMPLEX = _words(
    """
    cabs cacos cacosh carg casin casinh catan catanh ccos ccosh cexp cimag clog conj cpow cproj creal csin csinh
    csqrt ctan ctanh
    """
)
_KINDS = [f"{kind}{bits}" for kind in ("", "_LEAST", "_FAST") for bits in (8, 16, 32, 64)] + ["MAX", "PTR"]
_MACROS = _words(
    """
    NULL NAN INFINITY HUGE_VAL HUGE_VALF HUGE_VALL FP_ILOGB0 FP_ILOGBNAN FP_INFINITE FP_NAN FP_NORMAL FP_SUBNORMAL
    FP_ZERO MATH_ERREXCEPT MATH_ERRNO math_errhandling M_1_PI M_2_PI M_2_SQRTPI M_E M_LN10 M_LN2 M_LOG10E M_LOG2E M_PI
    M_PI_2 M_PI_4 M_SQRT1_2 M_SQRT2 PTRDIFF_MAX PTRDIFF_MIN SIG_ATOMIC_MAX SIG_ATOMIC_MIN SIZE_MAX WCHAR_MAX WCHAR_MIN
    WINT_MAX WINT_MIN linux unix
    """
) | {f"{sign}INT{kind}_{end}" for sign in ("", "U") for kind in _KINDS for end in ("MAX", "MIN", "C")}
_TYPES = {"size_t", "wchar_t", "float_t", "double_t", "FILE"} | {
    f"{sign}int{kind.lower()}_t" for sign in ("", "u") for kind in _KINDS
}

WORDS = (
    C_WORDS
    | CPP_WORDS
    | _MACROS
    | _TYPES
    | {"main", "isnan", "memcpy", "memset", "ALIGNED"}
    | {f"{name}{end}" for name in CALLED for end in ("", "f")}
)
LIBRARY = _words(
    """
    fpclassify isfinite isgreater isgreaterequal isless islessequal islessgreater isnormal isunordered signbit
    lgamma_r lgammaf_r lgammal_r
    abort abs asctime atexit atof atoi atol atoll bcmp bcopy bsearch btowc bzero calloc clearerr clock ctime
    difftime div exit explicit_bzero fclose feclearexcept fegetenv fegetexceptflag fegetround feholdexcept feof
    feraiseexcept ferror fesetenv fesetexceptflag fesetround fetestexcept feupdateenv fflush ffs ffsl ffsll fgetc
    fgetpos fgets fgetwc fgetws fopen fprintf fputc fputs fputwc fputws fread free freopen fscanf fseek fsetpos
    ftell fwide fwprintf fwrite fwscanf getc getchar getenv gets getwc getwchar gmtime imaxabs imaxdiv index isalnum
    isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper iswalnum iswalpha iswblank
    iswcntrl iswctype iswdigit iswgraph iswlower iswprint iswpunct iswspace iswupper iswxdigit isxdigit labs ldiv
    llabs lldiv localeconv localtime longjmp malloc mblen mbrlen mbrtowc mbsinit mbsrtowcs mbstowcs mbtowc memccpy
    memchr memcmp memcpy memmove memset mktime perror printf putc putchar puts putwc putwchar qsort raise rand
    realloc remove rename rewind rindex scanf setbuf setjmp setlocale setvbuf signal snprintf sprintf srand sscanf
    stpcpy stpncpy strcasecmp strcasecmp_l strcat strchr strcmp strcoll strcoll_l strcpy strcspn strdup strerror
    strerror_l strerror_r strftime strlen strncasecmp strncasecmp_l strncat strncmp strncpy strndup strnlen strpbrk
    strrchr strsep strsignal strspn strstr strtod strtof strtoimax strtok strtok_r strtol strtold strtoll strtoul
    strtoull strtoumax strxfrm strxfrm_l swprintf swscanf system time tmpfile tmpnam tolower toupper towctrans
    towlower towupper ungetc ungetwc vfprintf vfscanf vfwprintf vfwscanf vprintf vscanf vsnprintf vsprintf vsscanf
    vswprintf vswscanf vwprintf vwscanf wcrtomb wcscat wcschr wcscmp wcscoll wcscpy wcscspn wcsftime wcslen wcsncat
    wcsncmp wcsncpy wcspbrk wcsrchr wcsrtombs wcsspn wcsstr wcstod wcstof wcstoimax wcstok wcstol wcstold wcstoll
    wcstombs wcstoul wcstoull wcstoumax wcsxfrm wctob wctomb wctrans wctype wmemchr wmemcmp wmemcpy wmemmove wmemset
    wprintf wscanf
    """
) | {f"{name}{end}" for name in _MATH | _COMPLEX for end in ("", "f", "l")}
