int chs_placeholder(void);
